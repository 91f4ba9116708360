import { aws_cloudwatch as cloudwatch, Duration } from 'aws-cdk-lib';
import { propertyInjectable } from 'aws-cdk-lib/core/lib/prop-injectable';
import { Construct } from 'constructs';
import { IIntermediateTablePopulation } from './i-intermediate-table-population';
import { problem } from './private/problem';
import { requireName } from './private/texts';
import { requireList } from './private/type-checks';
import { populationWidgets } from './private/widgets';

/**
 * Properties of a `PopulationDashboard`.
 */
export interface PopulationDashboardProps {
  /**
   * The populations to show: at least one.
   */
  readonly populations: IIntermediateTablePopulation[];

  /**
   * The dashboard's name.
   *
   * @default - CloudFormation generates one
   */
  readonly dashboardName?: string;
}

/**
 * A CloudWatch dashboard that shows populations at a glance: how old the data of each is, when it comes next and what it cost last;
 * how many succeeded and failed, how long they took, what they cost, how fresh the tables are, and which are built on which. Each is named by the part of its path that tells it from the others.
 */
@propertyInjectable
export class PopulationDashboard extends Construct {
  /**
   * What property injectors know this construct by.
   */
  public static readonly PROPERTY_INJECTION_ID: string = 'cdk-cleanrooms-intermediate-table.PopulationDashboard';

  /**
   * The dashboard, for further widgets.
   */
  public readonly dashboard: cloudwatch.Dashboard;

  /**
   * @throws if there is no population to show
   */
  constructor(scope: Construct, id: string, props: PopulationDashboardProps) {
    super(scope, id);
    requireList(this.node.path, 'populations', props.populations);
    requireName(this.node.path, 'dashboardName', props.dashboardName, 255, /^[\w-]+$/, 'Use letters, digits, dashes and underscores.');
    if (props.populations.length === 0) {
      problem(this.node.path, 'populations', props.populations, 'Give at least one population to show.');
    }
    for (const population of props.populations) {
      if (!population?.stateMachine) {
        const given = typeof population === 'object' ? 'no population' : population;
        problem(this.node.path, 'an item of populations', given, 'Give an IntermediateTablePopulation.');
      }
    }
    this.dashboard = new cloudwatch.Dashboard(this, 'Dashboard', {
      dashboardName: props.dashboardName,
      // A month, the life of a version, in the widgets' own periods: CloudWatch would fit them to the range.
      defaultInterval: Duration.days(28),
      periodOverride: cloudwatch.PeriodOverride.INHERIT,
      widgets: populationWidgets(props.populations),
    });
  }
}
