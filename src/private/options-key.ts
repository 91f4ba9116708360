import { Names } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';
import { canonical } from '../contract/hashing';
import type { PopulationFunctionOptions } from '../function-options';

/** Distinguishes options: populations whose options have equal keys share their functions. */
export function keyOf({ vpc, vpcSubnets, securityGroups, environmentEncryption, logEncryptionKey, ...rest }: PopulationFunctionOptions): string {
  const pathOf = (construct?: IConstruct) => construct && Names.uniqueId(construct);
  // Languages hand over options in orders of their own.
  return canonical({
    ...rest,
    vpc: pathOf(vpc),
    vpcSubnets: vpcSubnets && vpc?.selectSubnets(vpcSubnets).subnetIds,
    securityGroups: securityGroups?.map(pathOf),
    environmentEncryption: pathOf(environmentEncryption),
    logEncryptionKey: pathOf(logEncryptionKey),
  });
}
