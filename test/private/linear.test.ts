import { App, Duration, Stack } from 'aws-cdk-lib';
import { CfnIntermediateTable } from 'aws-cdk-lib/aws-cleanrooms';
import { Schedule } from 'aws-cdk-lib/aws-events';
import { AllowedAnalysis, IntermediateTable, Membership, StoredQuery } from '../../src';

/** How often a table of a stack with so many is rendered while it is synthesized: all that the library wants to know of the final template. */
function rendersPerTable(tables: number): number {
  const rendered = jest.spyOn(CfnIntermediateTable.prototype, '_toCloudFormation');
  const stack = new Stack(new App({ analyticsReporting: false }), 'Stack');
  const membership = Membership.fromMembershipIdentifier(stack, 'Membership', 'a1b2c3d4-5678-90ab-cdef-111111111111');
  for (let index = 0; index < tables; index++) {
    const props = { membership, tableName: `table_${index}`, query: StoredQuery.fromSql('SELECT 1'), allowedAnalyses: [AllowedAnalysis.ANY_QUERY] };
    new IntermediateTable(stack, `Table${index}`, { ...props, versionedName: true })
      .addPopulation('Population', { schedule: Schedule.rate(Duration.days(1)) });
  }
  (stack.node.root as App).synth();
  const { length } = rendered.mock.calls;
  rendered.mockRestore();
  return length / tables;
}

test('what a table costs at synthesis does not depend on how many there are', () => {
  expect(rendersPerTable(40)).toBeLessThan(rendersPerTable(10) * 1.1);
});
