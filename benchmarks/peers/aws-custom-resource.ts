import { AwsApi } from 'aws-cdk-lib/aws-events-targets';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { AwsCustomResource, AwsCustomResourcePolicy, PhysicalResourceId } from 'aws-cdk-lib/custom-resources';
import { addRule, Candidate, mayPopulate } from './candidate';

/** `AwsCustomResource` starts the populate and does not wait for it; a rule does the same through CDK's own `AwsApi` target. */
export const awsCustomResource: Candidate = {
  name: 'AwsCustomResource',
  open: (stack, { schedule }) => {
    const logGroup = new LogGroup(stack, 'Logs');
    return (id, table) => {
      const call = {
        service: 'CleanRooms',
        action: 'populateIntermediateTable',
        parameters: { membershipIdentifier: table.membershipIdentifier, intermediateTableIdentifier: table.attrIntermediateTableIdentifier },
      };
      new AwsCustomResource(stack, id, {
        onUpdate: { ...call, physicalResourceId: PhysicalResourceId.of(id) },
        policy: AwsCustomResourcePolicy.fromStatements([mayPopulate()]),
        // By default each cold start installs the newest SDK from npm, which takes up to a minute.
        installLatestAwsSdk: false,
        logGroup,
      });
      addRule(stack, id, schedule, () => new AwsApi({ ...call, policyStatement: mayPopulate() }));
    };
  },
};
