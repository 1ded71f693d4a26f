# An empty or missing folder looks like a disk that is not mounted: nothing is printed, nothing counts as deleted.
mkdir drive
status() { "$@" || echo "status $?"; }
status drive-pull file:drive --output pulled
status drive-pull file:nowhere --output pulled
status drive-pull file:drive --output pulled --allow-empty
