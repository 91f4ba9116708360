import { aws_logs as logs, Names, RemovalPolicy } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';
import { canonical } from '../contract/hashing';
import type { PopulationFunctionOptions } from '../function-options';
import { known } from './problem';

export const DEFAULT_RETENTION = logs.RetentionDays.THREE_MONTHS;
export const DEFAULT_REMOVAL = RemovalPolicy.DESTROY;

/** Distinguishes options: populations whose options have equal keys share their functions. */
export function keyOf(options: PopulationFunctionOptions): string {
  const { vpc, vpcSubnets, securityGroups, environmentEncryption, logEncryptionKey } = options;
  return canonical({
    // What stands written out is no different from what is left out.
    logRetention: options.logRetention ?? DEFAULT_RETENTION,
    logRemovalPolicy: options.logRemovalPolicy ?? DEFAULT_REMOVAL,
    vpc: vpc && same(vpc, vpc.vpcId),
    vpcSubnets: vpcSubnets && vpc?.selectSubnets(vpcSubnets).subnetIds,
    securityGroups: securityGroups?.map((group) => same(group, group.securityGroupId)),
    environmentEncryption: environmentEncryption && same(environmentEncryption, environmentEncryption.keyArn),
    logEncryptionKey: logEncryptionKey && same(logEncryptionKey, logEncryptionKey.keyArn),
  });
}

/** Two references to one thing of AWS are the same, where it can be known; things of this app are where their constructs are. */
const same = (construct: IConstruct, id: string): string => (known(id) ? id : Names.uniqueId(construct));
