import { App, AppProps, Stack, StackProps } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { CfnIntermediateTable, CfnIntermediateTableProps } from 'aws-cdk-lib/aws-cleanrooms';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { CfnKey } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { CfnTemplate } from './template';
import { IntermediateTablePopulation, IntermediateTablePopulationProps, PopulationFunctionOptions } from '../../src';

// CDK's own validation of a template takes seconds; `template-validation.test.ts` turns it on.
process.env.CDK_VALIDATION = 'false';

export const MEMBERSHIP = 'a1b2c3d4-5678-90ab-cdef-111111111111';
export const TABLE = 'a1b2c3d4-5678-90ab-cdef-222222222222';

export type PopulationProps = Partial<IntermediateTablePopulationProps>;

/** Assets are left where they are: copying them takes longer than all the rest. */
export const makeApp = ({ context, ...props }: AppProps = {}): App =>
  new App({ context: { 'aws:cdk:disable-asset-staging': true, ...context }, ...props });

export const makeStack = (id = 'Stack', props?: StackProps, app?: AppProps): Stack => new Stack(makeApp(app), id, props);

export function makeTable(scope: Construct, id = 'Table', props: Partial<CfnIntermediateTableProps> = {}): CfnIntermediateTable {
  return new CfnIntermediateTable(scope, id, {
    membershipIdentifier: MEMBERSHIP,
    name: id,
    analysisRules: [{ type: 'CUSTOM', policy: { v1: { custom: { allowedAnalyses: ['ANY_QUERY'] } } } }],
    populationAnalysisConfiguration: { sqlParameters: { queryString: 'SELECT 1' } },
    ...props,
  });
}

/** A population, of a table of its own unless `props` has one. */
export function makePopulation(scope: Construct, id = 'Population', props: PopulationProps = {}): IntermediateTablePopulation {
  return new IntermediateTablePopulation(scope, id, { intermediateTable: props.intermediateTable ?? makeTable(scope, `${id}Table`), ...props });
}

/** Cycles included: the tests tell them in fewer words than CDK does. */
export const templateOf = (stack: Stack): CfnTemplate =>
  Template.fromStack(stack, { skipCyclicalDependenciesCheck: true }).toJSON() as CfnTemplate;

/** The template of a stack once this was made in it. */
export function synthesized(make: (stack: Stack) => unknown, stack = makeStack()): CfnTemplate {
  make(stack);
  return templateOf(stack);
}

/** The properties of a population, or how they are made in its stack. */
export type Props = PopulationProps | ((stack: Stack) => PopulationProps);

/** The template of a stack with one population. */
export const templateWith = (props: Props = {}): CfnTemplate =>
  synthesized((stack) => makePopulation(stack, 'Population', typeof props === 'function' ? props(stack) : props));

/** The template of a stack with one population that is used. */
export const templateUsing = (
  use: (population: IntermediateTablePopulation, stack: Stack) => unknown, props: PopulationProps = {},
): CfnTemplate => synthesized((stack) => use(makePopulation(stack, 'Population', props), stack));

/** The functions' network and keys, as an app writes them that has no constructs of a higher level. */
export function referencesIn(stack: Stack): PopulationFunctionOptions {
  const vpc = new ec2.CfnVPC(stack, 'Vpc', { cidrBlock: '10.0.0.0/16' });
  const key = new CfnKey(stack, 'Key');
  return {
    vpc,
    subnets: [new ec2.CfnSubnet(stack, 'Subnet', { vpcId: vpc.ref, cidrBlock: '10.0.0.0/24' })],
    securityGroups: [new ec2.CfnSecurityGroup(stack, 'Group', { vpcId: vpc.ref, groupDescription: 'Ours' })],
    environmentEncryption: key,
    logEncryptionKey: key,
  };
}
