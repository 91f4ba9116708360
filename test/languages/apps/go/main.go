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

	audience := awscleanrooms.NewCfnIntermediateTable(stack, jsii.String("Audience"), &awscleanrooms.CfnIntermediateTableProps{
		MembershipIdentifier: jsii.String(membership),
		Name:                 jsii.String("audience"),
		KmsKeyArn:            awskms.NewKey(stack, jsii.String("Key"), nil).KeyArn(),
		PopulationAnalysisConfiguration: &awscleanrooms.CfnIntermediateTable_PopulationAnalysisConfigurationProperty{
			SqlParameters: &awscleanrooms.CfnIntermediateTable_PopulationAnalysisSqlParametersProperty{
				AnalysisTemplateArn: arnOf("analysistemplate/44444444-4444-4444-8444-444444444444"),
			},
		},
		AnalysisRules: []*awscleanrooms.CfnIntermediateTable_IntermediateTableAnalysisRuleProperty{{
			Type: jsii.String("CUSTOM"),
			Policy: &awscleanrooms.CfnIntermediateTable_IntermediateTableAnalysisRulePolicyProperty{
				V1: &awscleanrooms.CfnIntermediateTable_IntermediateTableAnalysisRulePolicyV1Property{
					Custom: &awscleanrooms.CfnIntermediateTable_IntermediateTableAnalysisRuleCustomProperty{
						AllowedAnalyses:          jsii.Strings("ANY_QUERY"),
						AllowedAnalysisProviders: &[]*string{stack.Account()},
					},
				},
			},
		}},
	})

	population := it.NewIntermediateTablePopulation(stack, jsii.String("AudiencePopulation"), &it.IntermediateTablePopulationProps{
		IntermediateTable: audience,
		Parameters:        &map[string]*string{"segment": jsii.String("loyal"), "day": jsii.String("2026-11-01")},
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
		RefreshAfter:    &[]it.IntermediateTablePopulation{orders},
		Timeout:         awscdk.Duration_Hours(jsii.Number(6)),
		CancelOnTimeout: jsii.Bool(false),
		FunctionOptions: &it.PopulationFunctionOptions{
			LogRetention:     awslogs.RetentionDays_ONE_YEAR,
			LogRemovalPolicy: awscdk.RemovalPolicy_RETAIN,
		},
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

	it.NewIntermediateTablePopulation(stack, jsii.String("PartnersPopulation"), &it.IntermediateTablePopulationProps{
		IntermediateTable: it.IntermediateTable_FromIntermediateTableArn(stack, jsii.String("Partners"),
			arnOf("intermediatetable/33333333-3333-4333-8333-333333333333")),
		Compute:                &it.PopulationCompute{WorkerType: it.WorkerType_Of(jsii.String("CR.16X"))},
		AnalysisPayerAccountId: jsii.String("123456789012"),
		VersionIdOutput:        jsii.Bool(false),
	})

	it.NewPopulationDashboard(stack, jsii.String("Dashboard"), &it.PopulationDashboardProps{
		Populations:   &[]it.IntermediateTablePopulation{orders, population},
		DashboardName: jsii.String("audiences"),
	})
	awscdk.NewCfnOutput(stack, jsii.String("Version"), &awscdk.CfnOutputProps{Value: population.VersionId()})
	app.Synth(nil)
}
