"""The dashboard: `make dashboard` runs it with Streamlit. See README.md beside it."""
from dashboard_frame import run

run()
