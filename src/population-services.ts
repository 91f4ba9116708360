import { aws_dynamodb as dynamodb, aws_ec2 as ec2, aws_lambda as lambda, aws_logs as logs, Stack } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';
import { PopulationFunctionOptions } from './function-options';
import { fail } from './private/problem';
import { validateServiceOptions } from './private/service-checks';
import { SharedResources } from './private/shared-resources';
import { validateFunctionOptions } from './private/validation';

const ID = 'IntermediateTablePopulations';

/** By stack; their constructs are in the stacks. */
const services = new WeakMap<Stack, PopulationServices>();

/**
 * What the populations of a stack share: two Lambda functions, the record of what is populated, and a log group.
 *
 * ```ts fixture=services
 * PopulationServices.of(this).configure({ logRetention: logs.RetentionDays.ONE_YEAR });
 * ```
 */
export class PopulationServices implements ec2.IConnectable {
  /**
   * Returns what the populations of the scope's stack share. A nested stack has services of its own.
   */
  public static of(scope: IConstruct): PopulationServices {
    const stack = Stack.of(scope);
    const known = services.get(stack) ?? new PopulationServices(stack);
    services.set(stack, known);
    return known;
  }

  /** What was asked for before there was anything to configure. */
  private options: PopulationFunctionOptions = {};
  private shared?: SharedResources;

  private constructor(private readonly stack: Stack) {}

  /**
   * Changes where and how the functions run, and what the record and the rules are given, before or after populations are defined. May be called again: what is left out stays as it is.
   *
   * @throws if subnets or security groups are given and no VPC is
   */
  public configure(options: PopulationFunctionOptions): void {
    const path = this.stack.node.path;
    validateFunctionOptions(path, options, this.options);
    validateServiceOptions(this.stack, options);
    this.options = { ...this.options, ...options };
    this.shared?.configure(options);
  }

  /**
   * The function that talks to Clean Rooms.
   */
  public get populationFunction(): lambda.Function {
    return this._resources.populationFunction;
  }

  /**
   * The function that talks to CloudFormation.
   */
  public get deploymentFunction(): lambda.Function {
    return this._resources.deploymentFunction;
  }

  /**
   * The DynamoDB table of what is known of each table from one run to the next. It goes with the stack.
   */
  public get record(): dynamodb.CfnTable {
    return this._resources.record;
  }

  /**
   * The log group of the functions and the state machines.
   */
  public get logGroup(): logs.LogGroup {
    return this._resources.logGroup;
  }

  /**
   * The network connections of both functions, once they are in a VPC: for the security groups of VPC endpoints, such as
   * `endpoint.connections.allowDefaultPortFrom(PopulationServices.of(this))`.
   *
   * @throws if the functions are in no VPC
   */
  public get connections(): ec2.Connections {
    return this._resources.connections ?? fail(this.stack.node.path,
      'the functions of its populations are in no VPC, and so have no connections', 'Give a VPC by PopulationServices.of(scope).configure({ vpc }).');
  }

  /**
   * Made when they are needed for the first time.
   *
   * @internal
   */
  public get _resources(): SharedResources {
    if (!this.shared) {
      // Something else may have the id: a construct of the user's, or another copy of this library.
      this.shared = new SharedResources(this.stack, this.stack.node.tryFindChild(ID) ? `${ID}2` : ID);
      this.shared.configure(this.options);
    }
    return this.shared;
  }
}
