import io.github.cdkcleanrooms.intermediatetable.*;
import java.util.List;
import java.util.Map;
import software.amazon.awscdk.*;
import software.amazon.awscdk.interfaces.cleanrooms.IMembershipRef;
import software.amazon.awscdk.services.cleanrooms.CfnIntermediateTable;
import software.amazon.awscdk.services.cleanrooms.CfnIntermediateTable.*;
import software.amazon.awscdk.services.cloudwatch.CreateAlarmOptions;
import software.amazon.awscdk.services.cloudwatch.MetricOptions;
import software.amazon.awscdk.services.cloudwatch.TreatMissingData;
import software.amazon.awscdk.services.events.CronOptions;
import software.amazon.awscdk.services.events.OnEventOptions;
import software.amazon.awscdk.services.events.Schedule;
import software.amazon.awscdk.services.events.targets.SnsTopic;
import software.amazon.awscdk.services.iam.AccountRootPrincipal;
import software.amazon.awscdk.services.iam.Role;
import software.amazon.awscdk.services.kms.Key;
import software.amazon.awscdk.services.logs.RetentionDays;
import software.amazon.awscdk.services.sns.Topic;
import software.amazon.awscdk.services.ssm.StringParameter;

/** What apps/typescript/app.mts says, in Java. */
public class Audiences {
    private static final String MEMBERSHIP = "11111111-1111-4111-8111-111111111111";

    public static void main(String[] args) {
        App app = new App();
        Stack stack = new Stack(app, "Audiences");
        Topic failures = new Topic(stack, "Failures");

        IntermediateTablePopulation orders = IntermediateTablePopulation.Builder.create(stack, "OrdersPopulation")
            .intermediateTable(IntermediateTable.fromIntermediateTableAttributes(stack, "Orders", IntermediateTableAttributes.builder()
                .membershipIdentifier(MEMBERSHIP)
                .intermediateTableIdentifier("22222222-2222-4222-8222-222222222222")
                .build()))
            .populateOnDeploy(PopulateOnDeploy.IF_UNPOPULATED)
            .versionParameter(StringParameter.Builder.create(stack, "OrdersVersion").stringValue("none yet").build())
            .build();

        IMembershipRef membership = Membership.fromMembershipIdentifier(stack, "Membership", MEMBERSHIP);
        IntermediateTable audience = IntermediateTable.Builder.create(stack, "Audience")
            .membership(membership)
            .tableName("audience")
            .versionedName(true)
            .query(StoredQuery.fromAnalysisTemplateArn(arnOf(stack, "analysistemplate/44444444-4444-4444-8444-444444444444")))
            .allowedAnalyses(List.of(AllowedAnalysis.ANY_QUERY))
            .encryptionKey(new Key(stack, "Key"))
            .build();

        PopulationServices.of(stack).configure(PopulationFunctionOptions.builder()
            .logRetention(RetentionDays.ONE_YEAR)
            .logRemovalPolicy(RemovalPolicy.RETAIN)
            .build());
        IntermediateTablePopulation population = audience.addPopulation("Population", IntermediateTablePopulationOptions.builder()
            .parameters(Map.of("segment", "loyal", "day", "2026-11-01"))
            .compute(PopulationCompute.builder()
                .workerType(WorkerType.CR_4_X)
                .workers(32)
                .sparkProperties(Map.of("spark.sql.shuffle.partitions", "400", "spark.executor.memoryOverhead", "4g"))
                .build())
            .triggers(List.of("catalogue 7", "ä \"quoted\" value"))
            .schedule(Schedule.rate(Duration.days(1)))
            .refreshAfter(List.of(orders))
            .timeout(Duration.hours(6))
            .cancelOnTimeout(false)
            .build());
        population.addSchedule("Mondays", Schedule.cron(CronOptions.builder().weekDay("MON").hour("4").minute("0").build()),
            AddScheduleOptions.builder().parameters(Map.of("day", "2020-01-01")).build());
        population.onPopulated("Announce", OnEventOptions.builder()
            .target(new SnsTopic(failures))
            .description("There is a new audience")
            .build());
        population.onPopulationFailed("Tell", OnEventOptions.builder().target(new SnsTopic(failures)).build());
        population.createFailureAlarm("FailureAlarm", FailureAlarmOptions.builder().threshold(2).build());
        population.createExpiryAlarm("ExpiryAlarm", ExpiryAlarmOptions.builder().before(Duration.days(5)).build());
        population.metricDuration(MetricOptions.builder().statistic("p90").period(Duration.hours(1)).build())
            .createAlarm(stack, "SlowAlarm", CreateAlarmOptions.builder()
                .threshold(7200)
                .evaluationPeriods(3)
                .treatMissingData(TreatMissingData.NOT_BREACHING)
                .build());

        Role analyst = Role.Builder.create(stack, "Analyst").assumedBy(new AccountRootPrincipal()).build();
        population.grantPopulate(analyst);
        orders.grantReadVersion(analyst);

        IntermediateTable loyal = IntermediateTable.Builder.create(stack, "Loyal")
            .membership(membership)
            .tableName("loyal")
            .versionedName(true)
            .query(StoredQuery.fromSql("SELECT customer FROM " + audience.getTableName() + " WHERE orders > 9"))
            .allowedAnalyses(List.of(AllowedAnalysis.ANY_JOB))
            .allowedAnalysisProviders(List.of("123456789012"))
            .additionalAnalyses(AdditionalAnalyses.NOT_ALLOWED)
            .disallowedOutputColumns(List.of("customer"))
            .build();
        loyal.addPopulation("Population", IntermediateTablePopulationOptions.builder()
            .refreshAfter(List.of(population))
            .build());
        loyal.grantQuery(analyst);

        CfnIntermediateTable visitors = CfnIntermediateTable.Builder.create(stack, "Visitors")
            .membershipIdentifier(MEMBERSHIP)
            .name("visitors")
            .populationAnalysisConfiguration(PopulationAnalysisConfigurationProperty.builder()
                .sqlParameters(PopulationAnalysisSqlParametersProperty.builder().queryString("SELECT DISTINCT customer FROM visits").build())
                .build())
            .build();
        IntermediateTablePopulation.Builder.create(stack, "VisitorsPopulation").intermediateTable(visitors).build();

        IntermediateTablePopulation.Builder.create(stack, "PartnersPopulation")
            .intermediateTable(IntermediateTable.fromIntermediateTableArn(stack, "Partners",
                arnOf(stack, "intermediatetable/33333333-3333-4333-8333-333333333333")))
            .compute(PopulationCompute.builder().workerType(WorkerType.of("CR.16X")).build())
            .analysisPayerAccountId("123456789012")
            .versionIdOutput(false)
            .build();

        PopulationDashboard.Builder.create(stack, "Dashboard")
            .populations(List.of(orders, population))
            .dashboardName("audiences")
            .build();
        CfnOutput.Builder.create(stack, "Version").value(population.getVersionId()).build();
        app.synth();
    }

    private static String arnOf(Stack stack, String name) {
        return stack.formatArn(ArnComponents.builder()
            .service("cleanrooms")
            .resource("membership")
            .resourceName(MEMBERSHIP + "/" + name)
            .build());
    }
}
