"""The Power BI project checks clean, and every fault planted in a copy of it is found, at its place."""
import copy
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys

import pytest

from pipeline import ROOT
from powerbi_copies import MODEL, PROJECT, REPORT, Copy, find_schemas, schemas_are_here

from powerbi.dbt_project import compile_manifest
from powerbi.powerbi_command import check_project

TABLES = f"{MODEL}/tables"
MEASURES = f"{TABLES}/Measures.tmdl"


@pytest.fixture(scope="module")
def manifest():
    return compile_manifest(ROOT / "compose" / "dbt", pathlib.Path(sys.executable))


@pytest.fixture
def project(tmp_path, manifest):
    return Copy(tmp_path, manifest)


def test_the_project_is_clean(manifest):
    problems, summary = check_project(PROJECT, manifest, find_schemas())
    assert [problem.text(PROJECT) for problem in problems] == []
    assert "16 computed beside dbt's" in summary


def test_microsofts_schemas_are_there_where_it_counts():
    if os.environ.get("CI") == "true":
        assert schemas_are_here(), "CI needs Microsoft's schemas: set SLUICE_POWERBI_SCHEMAS"


# file, what stands there, what is put there, what the checker must say (a regular expression)
FAULTS = {
    # Relationships
    "unknown column in a relationship": (
        f"{MODEL}/relationships.tmdl", "fromColumn: 'Order item'.'Seller key'", "fromColumn: 'Order item'.'Vendor key'",
        r"relationships\.tmdl:\d+: unknown-column: .*'Order item'\.'Vendor key' does not exist; Order item has .*Seller key"),
    "unknown table in a relationship": (
        f"{MODEL}/relationships.tmdl", "toColumn: Seller.'Seller key'", "toColumn: Vendor.'Seller key'", r"unknown-column: .*Vendor"),
    "types of a relationship differ": (
        f"{MODEL}/relationships.tmdl", "toColumn: Seller.'Seller key'", "toColumn: Time.'Time key'", r"relationship-type: .*string with int64"),
    "the one side is not unique": (
        f"{MODEL}/relationships.tmdl", "toColumn: Seller.'Seller key'", "toColumn: Seller.'Seller state'",
        r"dbt-unique: dbt does not test dim_seller\.seller_state"),
    "a key without a relationship": (
        f"{MODEL}/relationships.tmdl", "toColumn: 'Payment type'.'Payment type key'", "toColumn: 'Payment type'.'Payment typo key'",
        r"Payment\.tmdl:\d+: key-without-relationship: Payment\[Payment type key\]"),
    "ambiguous path": (
        f"{MODEL}/relationships.tmdl", "\tisActive: false\n\tfromColumn: Order.'Approved date key'",
        "\tfromColumn: Order.'Approved date key'", r"ambiguous-path: filters reach Order from Date in 2 ways"),
    "ambiguous path through a third table": (
        f"{MODEL}/relationships.tmdl", "relationship ",
        "relationship 00000000-0000-4000-8000-000000000001\n\tfromColumn: Seller.'Seller city'\n\ttoColumn: Customer.'Customer city'\n\nrelationship ",
        r"ambiguous-path: filters reach Order item from Customer in 2 ways \(Customer -> .*Order item"),
    "filters both ways": (
        f"{MODEL}/relationships.tmdl", "\tfromColumn: 'Order item'.'Seller key'",
        "\tcrossFilteringBehavior: bothDirections\n\tfromColumn: 'Order item'.'Seller key'", r"both-directions: "),
    "inactive relationship without USERELATIONSHIP": (
        MEASURES, "USERELATIONSHIP('Order'[Shipped date key], 'Date'[Date key])", "'Order'[Makes revenue] = TRUE()",
        r"relationships\.tmdl:\d+: inactive-unused: Order\[Shipped date key\]"),
    "USERELATIONSHIP without a relationship": (
        MEASURES, "USERELATIONSHIP('Order'[Shipped date key], 'Date'[Date key])",
        "USERELATIONSHIP('Order'[Shipped date key], 'Time'[Time key])", r"no-relationship: measure Orders Shipped"),
    # DAX
    "missing measure in DAX": (
        MEASURES, "DIVIDE([Revenue], [Revenue Orders])", "DIVIDE([Revenue], [Paid Orders])",
        r"Measures\.tmdl:\d+: unknown-measure: measure Average Order Value: there is no measure \[Paid Orders\]"),
    "unknown column in DAX": (
        MEASURES, "SUM('Order item'[Item freight])", "SUM('Order item'[Item fright])",
        r"unknown-column: measure Freight: 'Order item' has no column \[Item fright\]; it has .*Item freight"),
    "unknown table in DAX": (MEASURES, "COUNTROWS('Order')", "COUNTROWS('Orders')", r"unknown-table: measure Orders: there is no table 'Orders'"),
    "unknown variable in DAX": (MEASURES, "DIVIDE([Revenue] - LastYear, LastYear)", "DIVIDE([Revenue] - PriorYear, LastYear)",
                                r"unknown-name: .*PriorYear"),
    "unbalanced parenthesis": (
        MEASURES, "DIVIDE([Repeat Customers], [Customers])", "DIVIDE([Repeat Customers], [Customers]",
        r"Measures\.tmdl:\d+: dax-syntax: measure Repeat Rate: .*not closed"),
    "one parenthesis too many": (
        MEASURES, "DIVIDE([Repeat Customers], [Customers])", "DIVIDE([Repeat Customers], [Customers]))",
        r"dax-syntax: measure Repeat Rate: a \) that closes nothing"),
    "unbalanced bracket": (MEASURES, "DIVIDE([Repeat Customers], [Customers])", "DIVIDE([Repeat Customers, [Customers])", r"unknown-measure|dax-syntax"),
    "string that is not closed": (MEASURES, '<> "unknown"', '<> "unknown', r"dax-syntax: measure Customers: "),
    "unknown function": (MEASURES, "SUM('Order item'[Item freight])", "TOTAL('Order item'[Item freight])", r"unknown-function: .*TOTAL"),
    "too many arguments": (MEASURES, "SUM('Order item'[Item freight])", "SUM('Order item'[Item freight], 1)", r"arguments: .*SUM takes 1 arguments, not 2"),
    "measure with a table before it": (MEASURES, "DIVIDE([Repeat Customers], [Customers])", "DIVIDE(Measures[Repeat Customers], [Customers])",
                                       r"measure-with-table: "),
    "measures in a circle": (MEASURES, "measure Orders = COUNTROWS('Order')", "measure Orders = [Revenue Orders]", r"circle: .*Orders -> "),
    "a slash instead of DIVIDE": (MEASURES, "DIVIDE([Repeat Customers], [Customers])", "[Repeat Customers] / [Customers]", r"divide: measure Repeat Rate"),
    # Metrics
    "a measure that differs from dbt's metric": (
        MEASURES, "SUM('Order item'[Item revenue])", "SUM('Order item'[Item revenue]) + SUM('Order item'[Item freight])",
        r"Measures\.tmdl:\d+: metric: measure Revenue differs from dbt's revenue on made-up data: \d"),
    "an average over other orders": (
        MEASURES, "DIVIDE([Revenue], [Revenue Orders])", "DIVIDE([Revenue], [Orders])", r"metric: measure Average Order Value differs"),
    "customers counted by version": (
        MEASURES, "SUMMARIZE('Order', Customer[Customer])", "SUMMARIZE('Order', Customer[Customer], 'Order'[Customer key])",
        r"metric: measure Customers differs"),
    "the unknown customer counted": (MEASURES, '<> "unknown"', '<> "nobody"', r"metric: measure Customers differs"),
    "on time over all orders": (
        MEASURES, "NOT ISBLANK('Order'[Is on time])", "'Order'[Makes revenue] = TRUE()", r"metric: measure Judged Deliveries differs"),
    "a metric by another date": (
        MEASURES, "measure Reviews = COUNT(Review[Score])",
        "measure Reviews = CALCULATE(COUNT(Review[Score]), USERELATIONSHIP(Review[Answer date key], 'Date'[Date key]))",
        r"metric: measure Reviews differs from dbt's reviews on made-up data: .* in 20\d\d-\d\d"),
    "a metric that no measure gives": (MEASURES, "\t\tannotation DbtMetric = repeat_rate\n", "", r"metric: no measure names mart_kpis\.repeat_rate"),
    "a metric that dbt does not know": (MEASURES, "annotation DbtMetric = freight\n", "annotation DbtMetric = shipping\n", r"metric: measure Freight cannot be compared"),
    # Dates
    "unmarked date table": (f"{TABLES}/Date.tmdl", "\tdataCategory: Time\n", "", r"Date\.tmdl:\d+: date-table: Date holds the dates"),
    "date table without a key": (f"{TABLES}/Date.tmdl", "\t\tisKey\n", "", r"date-table: Date is of category Time and wants a key"),
    "time intelligence over another column": (
        MEASURES, "SAMEPERIODLASTYEAR('Date'[Day])", "SAMEPERIODLASTYEAR('Date'[Month start])", r"date-table: measure Revenue Last Year"),
    "a blank among the dates": (f"{TABLES}/Date.tmdl", "each [DATE_KEY] <> -1", "each true", r"date-table: Date must leave out the unknown member"),
    "automatic date tables": (f"{MODEL}/model.tmdl", "__PBI_TimeIntelligenceEnabled = 0", "__PBI_TimeIntelligenceEnabled = 1", r"auto-date: "),
    # TMDL
    "indented too deep": (
        f"{TABLES}/Seller.tmdl", "\t\tdataType: string", "\t\t\t\tdataType: string", r"Seller\.tmdl:\d+: tmdl-indent: indented by 4 levels where 2"),
    "indented too little": (f"{TABLES}/Seller.tmdl", "\t\tsummarizeBy: none", "\tsummarizeBy: none", r"tmdl-indent: 'summarizeBy' is no property of a table"),
    "indented with spaces": (f"{TABLES}/Seller.tmdl", "\t\tsummarizeBy: none", "\t    summarizeBy: none", r"tmdl-indent: indented with spaces"),
    "an expression indented too little": (
        MEASURES, "\t\t\tCOUNTROWS(\n", "\t\tCOUNTROWS(\n", r"Measures\.tmdl:\d+: tmdl-indent: .*(Customers|COUNTROWS)"),
    "a name with a blank and no quotes": (f"{TABLES}/Seller.tmdl", "column 'Seller state'", "column Seller state", r"Seller\.tmdl:\d+: tmdl: unexpected 'state'"),
    "a property that does not exist": (f"{TABLES}/Seller.tmdl", "\t\tsummarizeBy: none", "\t\tsumarizeBy: none", r"'sumarizeBy' is no property of a column"),
    "a property given twice": (f"{TABLES}/Seller.tmdl", "\t\tsummarizeBy: none", "\t\tsummarizeBy: none\n\t\tsummarizeBy: none", r"tmdl: summarizeBy of column .* twice"),
    "duplicate lineage tag": (
        f"{TABLES}/Seller.tmdl", "SECOND_TAG", "FIRST_TAG", r"Seller\.tmdl:\d+: lineage-tag: .* has the lineage tag of table Seller"),
    "duplicate measure": (MEASURES, "measure Freight =", "measure revenue =", r"name-twice: measure revenue"),
    "duplicate column": (f"{TABLES}/Seller.tmdl", "column 'Seller city'", "column 'Seller State'", r"name-twice: column Seller State|name-twice: column Seller state"),
    "level of a hierarchy that does not resolve": (
        f"{TABLES}/Seller.tmdl", "\t\t\tcolumn: 'Seller city'", "\t\t\tcolumn: 'Seller town'", r"Seller\.tmdl:\d+: unknown-column: level Seller city"),
    "sorted by a column that is not there": (
        f"{TABLES}/Date.tmdl", "sortByColumn: 'Month number'", "sortByColumn: 'Month no'", r"Date\.tmdl:\d+: unknown-column: Date\[Month\] is sorted by"),
    "a table that model.tmdl does not name": (f"{MODEL}/model.tmdl", "ref table Seller\n", "", r"no-ref: .*Seller"),
    "a reference to no table": (f"{MODEL}/model.tmdl", "ref table Seller\n", "ref table Seller\nref table Vendor\n", r"unknown-table: .*Vendor"),
    # dbt and Snowflake
    "wrong type": (f"{TABLES}/Review.tmdl", "dataType: int64\n\t\tformatString: 0\n\t\tlineageTag: SCORE", "dataType: string\n\t\tlineageTag: SCORE",
                   r"Review\.tmdl:\d+: dbt-type: Review\[Score\] is string; fct_order_reviews\.review_score is integer in dbt, which wants int64"),
    "a column dbt does not have": (
        f"{TABLES}/Seller.tmdl", "sourceColumn: SELLER_CITY", "sourceColumn: SELLER_TOWN",
        r"Seller\.tmdl:\d+: dbt-column: Seller\[Seller city\] reads SELLER_TOWN, and the dbt model dim_seller \(.*_dimensions__models\.yml\) has no column"),
    "case mismatch with Snowflake": (
        f"{TABLES}/Seller.tmdl", "sourceColumn: SELLER_CITY", "sourceColumn: seller_city",
        r"Seller\.tmdl:\d+: case: Seller\[Seller city\] reads seller_city; Snowflake's name is SELLER_CITY"),
    "case mismatch of a table": (f"{TABLES}/Seller.tmdl", '[Name = "DIM_SELLER"', '[Name = "dim_seller"', r"case: Seller reads dim_seller"),
    "a table dbt does not build": (f"{TABLES}/Seller.tmdl", '[Name = "DIM_SELLER"', '[Name = "DIM_VENDOR"', r"dbt-model: Seller reads DIM_VENDOR"),
    "a column that is not selected": (f"{TABLES}/Seller.tmdl", '"SELLER_CITY",\n', "\n", r"select-columns: SELLER_CITY of Seller is a column and not selected"),
    "another description than dbt's": (f"{TABLES}/Seller.tmdl", "/// City.", "/// Town.", r"dbt-description: .*Seller\[Seller city\] is not dbt's: City\."),
    # Practices and security
    "a server's name in a partition": (f"{TABLES}/Seller.tmdl", "SnowflakeAccount, ", '"account.snowflakecomputing.com", ', r"parameter: partition Seller names a server"),
    "a key that is shown": (f"{TABLES}/Seller.tmdl", "\t\tisHidden\n", "", r"key-shown: Seller\[Seller key\]"),
    "a hidden column without use": (f"{TABLES}/Seller.tmdl", "\t\tdataType: boolean\n", "\t\tdataType: boolean\n\t\tisHidden\n", r"hidden-unused: Seller\[Is current address\]"),
    "a measure without a format": (MEASURES, "\t\tformatString: #,0.00\n", "", r"measure-formatString: measure Revenue"),
    "a measure without a description": (MEASURES, "\t/// Freight over the revenue orders.\n", "", r"description: measure Freight"),
    "implicit measures": (f"{MODEL}/model.tmdl", "\tdiscourageImplicitMeasures\n", "", r"implicit-measures: "),
    "a role that leaves a fact open": (
        f"{MODEL}/roles/Sellers of a state.tmdl", "tablePermission Payment = Payment[Payment order]", "tablePermission Customer = Customer[Customer]",
        None),
    "a role on an unknown column": (f"{MODEL}/roles/Sellers of a state.tmdl", "Seller[Seller state] =", "Seller[State] =", r"Sellers of a state\.tmdl:\d+: unknown-column: role"),
    # Report
    "visual on a deleted field": (
        f"{REPORT}/pages/sales/visuals/card_revenue/visual.json", '"Property": "Revenue"', '"Property": "Turnover"',
        r"card_revenue/visual\.json:\d+: unknown-field: Measures has no measure Turnover"),
    "visual on a deleted column": (
        f"{REPORT}/pages/sales/visuals/slicer_year/visual.json", '"Property": "Year"', '"Property": "Fiscal year"', r"unknown-field: Date has no column Fiscal year"),
    "visual on a deleted table": (f"{REPORT}/pages/sales/visuals/slicer_year/visual.json", '"Entity": "Date"', '"Entity": "Calendar"', r"unknown-field: there is no table Calendar"),
    "sorted by a deleted field": (
        f"{REPORT}/pages/customers_and_regions/visuals/states/visual.json", '"Property": "Revenue"\n', '"Property": "Turnover"\n', r"unknown-field: "),
    "a column where a measure is wanted": (
        f"{REPORT}/pages/delivery_and_reviews/visuals/reviews_by_score/visual.json", '"Measure"', '"Column"', r"unknown-field|implicit-measure"),
    "a name that is not the field's": (
        f"{REPORT}/pages/sales/visuals/card_orders/visual.json", '"queryRef": "Measures.Orders"', '"queryRef": "Measures.Order"', r"query-ref: "),
    "an unknown kind of visual": (f"{REPORT}/pages/sales/visuals/card_orders/visual.json", '"visualType": "card"', '"visualType": "crad"', r"visual-type: crad"),
    "a visual off the page": (f"{REPORT}/pages/sales/visuals/card_orders/visual.json", '"width": ', '"width": 9', r"outside: "),
    "a visual that calls itself otherwise": (f"{REPORT}/pages/sales/visuals/card_orders/visual.json", '"name": "card_orders"', '"name": "card"', r"visual: .*calls itself card"),
    "a page that is not there": (f"{REPORT}/pages/pages.json", '"sales",', '"sale",', r"page: there is no page sale\b"),
    "another model's report": ("Ecom.Report/definition.pbir", "../Ecom.SemanticModel", "../Shop.SemanticModel", r"dataset: "),
    "JSON that is none": (f"{REPORT}/version.json", "{", "", r"version\.json:\d+: json: "),
    "a property JSON must have": (f"{REPORT}/pages/sales/page.json", '  "displayName": "Sales",\n', "", r"json-shape: displayName is missing"),
    "a property JSON does not know": ("Ecom.Report/definition.pbir", '"version"', '"vision"', r"json-shape: vision is unknown here"),
    "a schema of another kind": (f"{REPORT}/version.json", "versionMetadata/1.0.0", "report/1.0.0", r"json-schema: "),
}


def tag_of(project, file: str, object_line: str) -> str:
    text = (project.folder / file).read_text()
    return re.search(re.escape(object_line) + r"\n(?:.*\n)*?\t*lineageTag: (\S+)", text)[1]


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_found(project, fault):
    file, old, new, message = FAULTS[fault]
    if "SECOND_TAG" in old:
        old, new = tag_of(project, file, "\tcolumn 'Seller state'"), tag_of(project, file, "table Seller")
    if "SCORE" in old:
        tag = tag_of(project, file, "\tcolumn Score")
        old, new = old.replace("SCORE", tag), new.replace("SCORE", tag)
    if message is None:
        old, new = re.search(r"\ttablePermission Payment = .*\n", (project.folder / file).read_text())[0], ""
        message = r"role-leak: role Sellers of a state leaves Payment open"
    project.replace(file, old, new)
    problems = project.problems()
    assert any(re.search(message, problem) for problem in problems), "\n".join(problems) or "nothing was found"


@pytest.mark.skipif(not schemas_are_here(), reason="Microsoft's schemas are not here")
def test_microsofts_schemas_find_what_our_shapes_do_not_know(project):
    def change(visual):
        visual["visual"]["query"]["queryState"]["Values"]["projections"][0]["field"]["Measure"]["Expresion"] = {}

    project.edit_json(f"{REPORT}/pages/sales/visuals/card_orders/visual.json", change)
    problems = project.problems(find_schemas())
    assert any("json-schema" in problem and "card_orders" in problem for problem in problems), problems


def test_a_column_renamed_in_dbt_is_told_with_its_place(tmp_path):
    dbt = tmp_path / "dbt"
    shutil.copytree(ROOT / "compose" / "dbt", dbt, ignore=shutil.ignore_patterns("target", "logs"))
    for path in dbt.rglob("*"):
        if path.suffix in (".sql", ".yml", ".md"):
            path.write_text(path.read_text().replace("seller_city", "seller_town"))
    done = subprocess.run(
        [sys.executable, str(ROOT / "scripts" / "check-powerbi"), "--dbt-project", str(dbt)], capture_output=True, text=True, timeout=300)
    assert done.returncode == 65, done.stderr
    line = next(
        number for number, text in enumerate((PROJECT / TABLES / "Seller.tmdl").read_text().splitlines(), 1)
        if "sourceColumn: SELLER_CITY" in text)
    place = f"compose/powerbi/{TABLES}/Seller.tmdl:{line}: dbt-column: Seller[Seller city] reads SELLER_CITY, and the dbt model dim_seller"
    assert place in done.stdout
    assert "it has seller_key, seller_id, seller_zip_code_prefix, seller_town" in done.stdout
    assert len(done.stdout.splitlines()) == 1


def test_a_metric_redefined_in_dbt_is_told_by_its_number(tmp_path, manifest):
    changed = copy.deepcopy(manifest)
    for node in changed["nodes"].values():
        if node["name"] in ("mart_kpis", "mart_kpis_monthly"):
            assert "sum(orders.freight)" in node["compiled_code"]
            node["compiled_code"] = node["compiled_code"].replace("sum(orders.freight)", "sum(orders.freight) * 2")
    problems = Copy(tmp_path, changed).problems()
    assert any("metric: measure Freight differs from dbt's freight" in problem for problem in problems), problems


def test_an_exposure_that_forgets_a_model_is_told(tmp_path, manifest):
    changed = copy.deepcopy(manifest)
    [exposure] = [node for node in changed["exposures"].values() if node["name"] == "power_bi_report"]
    exposure["depends_on"]["nodes"].remove("model.ecom.dim_seller")
    exposure["depends_on"]["nodes"].append("model.ecom.mart_kpis")
    problems = Copy(tmp_path, changed).problems()
    assert len(problems) == 2
    assert any("dbt-exposure: dim_seller is a model that dbt's exposure power_bi_report does not name" in problem for problem in problems)
    assert any("dbt-exposure: mart_kpis is a model that dbt's exposure power_bi_report names, and no table reads it" in problem for problem in problems)


def test_a_project_that_is_not_there_and_a_wrong_option(tmp_path):
    command = [sys.executable, str(ROOT / "scripts" / "check-powerbi")]
    none = subprocess.run([*command, "--project", str(tmp_path)], capture_output=True, text=True)
    assert (none.returncode, "holds no project" in none.stderr) == (66, True)
    assert subprocess.run([*command, "--colour"], capture_output=True, text=True).returncode == 64


def test_ci_does_not_pass_without_microsofts_schemas(tmp_path, manifest):
    (tmp_path / "manifest.json").write_text(json.dumps(manifest))
    done = subprocess.run(
        [sys.executable, str(ROOT / "scripts" / "check-powerbi"), "--manifest", str(tmp_path / "manifest.json")],
        env={**os.environ, "CI": "true", "SLUICE_POWERBI_SCHEMAS": str(tmp_path)}, capture_output=True, text=True)
    assert done.returncode == 78
    assert "Microsoft's schemas are not here" in done.stderr
