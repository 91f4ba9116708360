import { readFileSync } from 'fs';
import { join } from 'path';
import { Duration, Stack } from 'aws-cdk-lib';
import { Schedule } from 'aws-cdk-lib/aws-events';
import { Role } from 'aws-cdk-lib/aws-iam';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import { makeApp, makePopulation, makeTable } from './support/stacks';
import { CfnTemplate } from './support/template';

const KEY = 'arn:aws:kms:ap-southeast-1:123456789012:key/a1b2c3d4-5678-90ab-cdef-333333333333';
const EXPECTED: Record<string, string[]> = {
  MachineRole: ['lambda:InvokeFunction', 'events:PutEvents', 'ssm:PutParameter', 'logs:CreateLogDelivery'],
  PopulationRole: ['cleanrooms:PopulateIntermediateTable', 'cleanrooms:UpdateProtectedQuery', 'kms:Decrypt', 'dynamodb:PutItem'],
  StarterRole: ['states:StartExecution', 'dynamodb:PutItem', 'logs:PutLogEvents'],
};
const PATHS = Object.keys(EXPECTED).map((id) => `Stack/IntermediateTablePopulations/${id}`);

interface Report {
  readonly roles: { readonly roleConstructPath: string; readonly identityPolicyStatements: { Action: string | string[] }[] }[];
}

/** An account where somebody else makes the roles: https://docs.aws.amazon.com/cdk/v2/guide/customize-permissions.html */
function synthesized(count: number): { readonly template: CfnTemplate; readonly report: Report } {
  const app = makeApp();
  Role.customizeRoles(app, { usePrecreatedRoles: Object.fromEntries(PATHS.map((path) => [path, `our-${path.split('/').pop()}`])) });
  const stack = new Stack(app, 'Stack');
  for (let index = 0; index < count; index++) {
    const intermediateTable = makeTable(stack, `Table${index}`);
    makePopulation(stack, `Population${index}`, {
      intermediateTable,
      schedule: Schedule.rate(Duration.days(1)),
      versionParameter: StringParameter.fromStringParameterName(stack, `Version${index}`, `/version/${index}`),
    }).onPopulationFailed('Failed');
    // Late, as an Aspect may set it.
    intermediateTable.kmsKeyArn = KEY;
  }
  const assembly = app.synth();
  return {
    template: assembly.getStackByName('Stack').template as CfnTemplate,
    report: JSON.parse(readFileSync(join(assembly.directory, 'iam-policy-report.json'), 'utf8')) as Report,
  };
}

test.each([1, 30])('no role or policy is in the template, and all in a report, where somebody makes them: of %d populations', (count) => {
  const { template, report } = synthesized(count);
  expect(Object.values(template.Resources).map(({ Type }) => Type).filter((type) => type.startsWith('AWS::IAM::'))).toEqual([]);
  expect(report.roles.map(({ roleConstructPath }) => roleConstructPath).sort()).toEqual(PATHS);
  for (const { roleConstructPath, identityPolicyStatements } of report.roles) {
    const actions = identityPolicyStatements.flatMap(({ Action }) => Action);
    expect(actions).toEqual(expect.arrayContaining(EXPECTED[roleConstructPath.split('/').pop()!]));
  }
  for (let index = 0; index < count; index++) {
    expect(JSON.stringify(report)).toContain(`parameter/version/${index}`);
  }
});
