"""What apps/typescript/app.mts says, in Python."""

from aws_cdk import App, CfnOutput, Duration, RemovalPolicy, Stack
from aws_cdk import aws_cleanrooms as cleanrooms
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sns as sns
from aws_cdk import aws_ssm as ssm
from cdk_cleanrooms_intermediate_table import (
    AdditionalAnalyses,
    AllowedAnalysis,
    IntermediateTable,
    IntermediateTablePopulation,
    Membership,
    PopulateOnDeploy,
    PopulationCompute,
    PopulationDashboard,
    PopulationServices,
    StoredQuery,
    WorkerType,
)

MEMBERSHIP = "11111111-1111-4111-8111-111111111111"

app = App()
stack = Stack(app, "Audiences")


def arn_of(name: str) -> str:
    return stack.format_arn(service="cleanrooms", resource="membership", resource_name=f"{MEMBERSHIP}/{name}")


failures = sns.Topic(stack, "Failures")

orders = IntermediateTablePopulation(
    stack,
    "OrdersPopulation",
    intermediate_table=IntermediateTable.from_intermediate_table_attributes(
        stack,
        "Orders",
        membership_identifier=MEMBERSHIP,
        intermediate_table_identifier="22222222-2222-4222-8222-222222222222",
    ),
    populate_on_deploy=PopulateOnDeploy.IF_UNPOPULATED,
    version_parameter=ssm.StringParameter(stack, "OrdersVersion", string_value="none yet"),
)

membership = Membership.from_membership_identifier(stack, "Membership", MEMBERSHIP)
audience = IntermediateTable(
    stack,
    "Audience",
    membership=membership,
    table_name="audience",
    versioned_name=True,
    query=StoredQuery.from_analysis_template_arn(arn_of("analysistemplate/44444444-4444-4444-8444-444444444444")),
    allowed_analyses=[AllowedAnalysis.ANY_QUERY],
    encryption_key=kms.Key(stack, "Key"),
)

PopulationServices.of(stack).configure(
    log_retention=logs.RetentionDays.ONE_YEAR,
    log_removal_policy=RemovalPolicy.RETAIN,
)
population = audience.add_population(
    "Population",
    parameters={"segment": "loyal", "day": "2026-11-01"},
    compute=PopulationCompute(
        worker_type=WorkerType.CR_4_X,
        workers=32,
        spark_properties={"spark.sql.shuffle.partitions": "400", "spark.executor.memoryOverhead": "4g"},
    ),
    triggers=["catalogue 7", 'ä "quoted" value'],
    schedule=events.Schedule.rate(Duration.days(1)),
    refresh_after=[orders],
    timeout=Duration.hours(6),
    cancel_on_timeout=False,
)
population.add_schedule(
    "Mondays",
    events.Schedule.cron(week_day="MON", hour="4", minute="0"),
    parameters={"day": "2020-01-01"},
)
population.on_populated("Announce", target=targets.SnsTopic(failures), description="There is a new audience")
population.on_population_failed("Tell", target=targets.SnsTopic(failures))
population.create_failure_alarm("FailureAlarm", threshold=2)
population.create_expiry_alarm("ExpiryAlarm", before=Duration.days(5))
population.metric_duration(statistic="p90", period=Duration.hours(1)).create_alarm(
    stack,
    "SlowAlarm",
    threshold=7200,
    evaluation_periods=3,
    treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
)

analyst = iam.Role(stack, "Analyst", assumed_by=iam.AccountRootPrincipal())
population.grant_populate(analyst)
orders.grant_read_version(analyst)

loyal = IntermediateTable(
    stack,
    "Loyal",
    membership=membership,
    table_name="loyal",
    versioned_name=True,
    query=StoredQuery.from_sql(f"SELECT customer FROM {audience.table_name} WHERE orders > 9"),
    allowed_analyses=[AllowedAnalysis.ANY_JOB],
    allowed_analysis_providers=["123456789012"],
    additional_analyses=AdditionalAnalyses.NOT_ALLOWED,
    disallowed_output_columns=["customer"],
)
loyal.add_population("Population", refresh_after=[population])
loyal.grant_query(analyst)

Table = cleanrooms.CfnIntermediateTable
visitors = Table(
    stack,
    "Visitors",
    membership_identifier=MEMBERSHIP,
    name="visitors",
    population_analysis_configuration=Table.PopulationAnalysisConfigurationProperty(
        sql_parameters=Table.PopulationAnalysisSqlParametersProperty(query_string="SELECT DISTINCT customer FROM visits"),
    ),
)
IntermediateTablePopulation(stack, "VisitorsPopulation", intermediate_table=visitors)

IntermediateTablePopulation(
    stack,
    "PartnersPopulation",
    intermediate_table=IntermediateTable.from_intermediate_table_arn(
        stack,
        "Partners",
        arn_of("intermediatetable/33333333-3333-4333-8333-333333333333"),
    ),
    compute=PopulationCompute(worker_type=WorkerType.of("CR.16X")),
    analysis_payer_account_id="123456789012",
    version_id_output=False,
)

PopulationDashboard(stack, "Dashboard", populations=[orders, population], dashboard_name="audiences")
CfnOutput(stack, "Version", value=population.version_id)
app.synth()
