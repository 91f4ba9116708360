// What apps/typescript/app.mts says, in Go.
package main

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscleanrooms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsevents"
	"github.com/aws/aws-cdk-go/awscdk/v2/awseventstargets"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsssm"
	"github.com/aws/jsii-runtime-go"
	it "github.com/cdk-cleanrooms/cdk-cleanrooms-intermediate-table-go/cdkcleanroomsintermediatetable"
)

const membership = "11111111-1111-4111-8111-111111111111"

func main() {
	defer jsii.Close()
	app := awscdk.NewApp(nil)
	stack := awscdk.NewStack(app, jsii.String("Audiences"), nil)
	arnOf := func(name string) *string {
		return stack.FormatArn(&awscdk.ArnComponents{
			Service:      jsii.String("cleanrooms"),
			Resource:     jsii.String("membership"),
			ResourceName: jsii.String(membership + "/" + name),
		})
	}
	failures := awssns.NewTopic(stack, jsii.String("Failures"), nil)

	orders := it.NewIntermediateTablePopulation(stack, jsii.String("OrdersPopulation"), &it.IntermediateTablePopulationProps{
		IntermediateTable: it.IntermediateTable_FromIntermediateTableAttributes(stack, jsii.String("Orders"), &it.IntermediateTableAttributes{
			MembershipIdentifier:        jsii.String(membership),
			IntermediateTableIdentifier: jsii.String("22222222-2222-4222-8222-222222222222"),
		}),
		PopulateOnDeploy: it.PopulateOnDeploy_IF_UNPOPULATED,
		VersionParameter: awsssm.NewStringParameter(stack, jsii.String("OrdersVersion"), &awsssm.StringParameterProps{
			StringValue: jsii.String("none yet"),
		}),
	})

	members := it.Membership_FromMembershipIdentifier(stack, jsii.String("Membership"), jsii.String(membership))
	audience := it.NewIntermediateTable(stack, jsii.String("Audience"), &it.IntermediateTableProps{
		Membership:      members,
		TableName:       jsii.String("audience"),
		VersionedName:   jsii.Bool(true),
		Query:           it.StoredQuery_FromAnalysisTemplateArn(arnOf("analysistemplate/44444444-4444-4444-8444-444444444444")),
		AllowedAnalyses: &[]it.AllowedAnalysis{it.AllowedAnalysis_ANY_QUERY()},
		EncryptionKey:   awskms.NewKey(stack, jsii.String("Key"), nil),
	})

	it.PopulationServices_Of(stack).Configure(&it.PopulationFunctionOptions{
		LogRetention:     awslogs.RetentionDays_ONE_YEAR,
		LogRemovalPolicy: awscdk.RemovalPolicy_RETAIN,
	})
	population := audience.AddPopulation(jsii.String("Population"), &it.IntermediateTablePopulationOptions{
		Parameters: &map[string]*string{"segment": jsii.String("loyal"), "day": jsii.String("2026-11-01")},
		Compute: &it.PopulationCompute{
			WorkerType: it.WorkerType_CR_4X(),
			Workers:    jsii.Number(32),
			SparkProperties: &map[string]*string{
				"spark.sql.shuffle.partitions":  jsii.String("400"),
				"spark.executor.memoryOverhead": jsii.String("4g"),
			},
		},
		Triggers:        jsii.Strings("catalogue 7", "ä \"quoted\" value"),
		Schedule:        awsevents.Schedule_Rate(awscdk.Duration_Days(jsii.Number(1))),
		RefreshAfter:    &[]it.IIntermediateTablePopulation{orders},
		Timeout:         awscdk.Duration_Hours(jsii.Number(6)),
		CancelOnTimeout: jsii.Bool(false),
	})
	population.AddSchedule(jsii.String("Mondays"), awsevents.Schedule_Cron(&awsevents.CronOptions{
		WeekDay: jsii.String("MON"),
		Hour:    jsii.String("4"),
		Minute:  jsii.String("0"),
	}), &it.AddScheduleOptions{Parameters: &map[string]*string{"day": jsii.String("2020-01-01")}})
	population.OnPopulated(jsii.String("Announce"), &awsevents.OnEventOptions{
		Target:      awseventstargets.NewSnsTopic(failures, nil),
		Description: jsii.String("There is a new audience"),
	})
	population.OnPopulationFailed(jsii.String("Tell"), &awsevents.OnEventOptions{Target: awseventstargets.NewSnsTopic(failures, nil)})
	population.CreateFailureAlarm(jsii.String("FailureAlarm"), &it.FailureAlarmOptions{Threshold: jsii.Number(2)})
	population.CreateExpiryAlarm(jsii.String("ExpiryAlarm"), &it.ExpiryAlarmOptions{Before: awscdk.Duration_Days(jsii.Number(5))})
	population.MetricDuration(&awscloudwatch.MetricOptions{
		Statistic: jsii.String("p90"),
		Period:    awscdk.Duration_Hours(jsii.Number(1)),
	}).CreateAlarm(stack, jsii.String("SlowAlarm"), &awscloudwatch.CreateAlarmOptions{
		Threshold:         jsii.Number(7200),
		EvaluationPeriods: jsii.Number(3),
		TreatMissingData:  awscloudwatch.TreatMissingData_NOT_BREACHING,
	})

	analyst := awsiam.NewRole(stack, jsii.String("Analyst"), &awsiam.RoleProps{AssumedBy: awsiam.NewAccountRootPrincipal()})
	population.GrantPopulate(analyst)
	orders.GrantReadVersion(analyst)

	loyal := it.NewIntermediateTable(stack, jsii.String("Loyal"), &it.IntermediateTableProps{
		Membership:               members,
		TableName:                jsii.String("loyal"),
		VersionedName:            jsii.Bool(true),
		Query:                    it.StoredQuery_FromSql(jsii.String("SELECT customer FROM " + *audience.TableName() + " WHERE orders > 9")),
		AllowedAnalyses:          &[]it.AllowedAnalysis{it.AllowedAnalysis_ANY_JOB()},
		AllowedAnalysisProviders: jsii.Strings("123456789012"),
		AdditionalAnalyses:       it.AdditionalAnalyses_NOT_ALLOWED,
		DisallowedOutputColumns:  jsii.Strings("customer"),
	})
	loyal.AddPopulation(jsii.String("Population"), &it.IntermediateTablePopulationOptions{
		RefreshAfter: &[]it.IIntermediateTablePopulation{population},
	})
	loyal.GrantQuery(analyst)

	visitors := awscleanrooms.NewCfnIntermediateTable(stack, jsii.String("Visitors"), &awscleanrooms.CfnIntermediateTableProps{
		MembershipIdentifier: jsii.String(membership),
		Name:                 jsii.String("visitors"),
		PopulationAnalysisConfiguration: &awscleanrooms.CfnIntermediateTable_PopulationAnalysisConfigurationProperty{
			SqlParameters: &awscleanrooms.CfnIntermediateTable_PopulationAnalysisSqlParametersProperty{
				QueryString: jsii.String("SELECT DISTINCT customer FROM visits"),
			},
		},
	})
	it.NewIntermediateTablePopulation(stack, jsii.String("VisitorsPopulation"), &it.IntermediateTablePopulationProps{
		IntermediateTable: visitors,
	})

	it.NewIntermediateTablePopulation(stack, jsii.String("PartnersPopulation"), &it.IntermediateTablePopulationProps{
		IntermediateTable: it.IntermediateTable_FromIntermediateTableArn(stack, jsii.String("Partners"),
			arnOf("intermediatetable/33333333-3333-4333-8333-333333333333")),
		Compute:                &it.PopulationCompute{WorkerType: it.WorkerType_Of(jsii.String("CR.16X"))},
		AnalysisPayerAccountId: jsii.String("123456789012"),
		VersionIdOutput:        jsii.Bool(false),
	})

	it.NewPopulationDashboard(stack, jsii.String("Dashboard"), &it.PopulationDashboardProps{
		Populations:   &[]it.IIntermediateTablePopulation{orders, population},
		DashboardName: jsii.String("audiences"),
	})
	awscdk.NewCfnOutput(stack, jsii.String("Version"), &awscdk.CfnOutputProps{Value: population.VersionId()})
	app.Synth(nil)
}
