import { Tags } from 'aws-cdk-lib';
import { StringParameter, StringParameterProps } from 'aws-cdk-lib/aws-ssm';
import {
  closeClouds, cloudWith, DAILY, lettersIn, liveIn, logicalId, MACHINE, makeTable, openCloud, runningIn, SCHEDULE, segment, STACK,
  synthesize, until,
} from './support';
import type { Cloud } from '../../simulator/cloud';
import type { StackSource } from '../../simulator/cloudformation/assembly';
import { IntermediateTablePopulation, IntermediateTablePopulationProps } from '../../src';

afterEach(closeClouds);

interface Kept extends Partial<IntermediateTablePopulationProps> {
  readonly parameter?: Partial<StringParameterProps>;
  readonly tag?: string;
  /** Downstream of another table. */
  readonly chained?: boolean;
}

const keeping = ({ parameter, tag, chained, ...props }: Kept = {}): StackSource => synthesize((stack) => {
  const versionParameter = new StringParameter(stack, 'Version', { stringValue: 'none yet', ...parameter });
  const upstream = chained ? [new IntermediateTablePopulation(stack, 'Upstream', { intermediateTable: makeTable(stack, 'UpstreamTable'), ...DAILY })] : [];
  const population = new IntermediateTablePopulation(stack, 'Audience', {
    intermediateTable: makeTable(stack, 'Table'), parameters: segment('a'), refreshAfter: upstream, versionParameter, ...DAILY, ...props,
  });
  population.enableFreshnessMetrics();
  if (tag) {
    Tags.of(stack).add('team', tag);
  }
});

const PLAIN = keeping();
const nameIn = (cloud: Cloud) => [...cloud.stack(STACK).resources.values()].find(({ type }) => type === 'AWS::SSM::Parameter')!.physicalId;
const kept = (cloud: Cloud) => cloud.ssm.get(nameIn(cloud));

async function deployed(source = PLAIN): Promise<Cloud> {
  const cloud = openCloud();
  expect(await cloud.deploy(source)).toMatchObject({ status: 'CREATE_COMPLETE' });
  expect(kept(cloud)).toBe(liveIn(cloud));
  return cloud;
}

describe('promise 3: success means queryable', () => {
  describe('the version parameter holds the live version', () => {
    test.each<[string, Kept]>([
      ['its description changes', { parameter: { description: 'Another' } }],
      ['its name changes', { parameter: { parameterName: '/audience/version' } }],
      ['its value in the template changes', { parameter: { stringValue: 'nothing yet' } }],
      ['a tag of the app changes', { tag: 'data' }],
    ])('though %s, and nothing is populated', async (_, change) => {
      const cloud = await deployed();
      expect(await cloud.deploy(keeping(change))).toMatchObject({ status: 'UPDATE_COMPLETE' });
      expect([kept(cloud), cloud.cleanRooms.populations().length]).toEqual([liveIn(cloud), 1]);
    });

    test('also after it was added to a population that is there', async () => {
      const cloud = await cloudWith({ ...DAILY, parameters: segment('a') });
      expect(await cloud.deploy(PLAIN)).toMatchObject({ status: 'UPDATE_COMPLETE' });
      expect([kept(cloud), lettersIn(cloud)]).toEqual([liveIn(cloud), 'a']);
    });

    test('also after an update that failed, and its rollback', async () => {
      const cloud = await deployed();
      cloud.cleanRooms.planQuery({ durationSeconds: 60, outcome: 'FAILED' });
      const result = await cloud.deploy(keeping({ parameters: segment('b'), parameter: { description: 'Another' } }));
      expect([result.status, kept(cloud), lettersIn(cloud)]).toEqual(['UPDATE_ROLLBACK_COMPLETE', liveIn(cloud), 'ab']);
    });

    test('although a run\'s write is slow, and others come after it', async () => {
      const cloud = await deployed();
      cloud.ssm.faults.inject({ operation: 'PutParameter', fault: { kind: 'delay', seconds: 600 }, first: 1 });
      cloud.fireRule(logicalId(PLAIN, SCHEDULE));
      await until(cloud, () => cloud.ssm.faults.hits.length === 1);
      cloud.fireRule(logicalId(PLAIN, SCHEDULE));
      await cloud.settle();
      expect([kept(cloud), lettersIn(cloud)]).toEqual([liveIn(cloud), 'aaa']);
    });
  });

  test('a write of the version that is refused fails the run, which says so', async () => {
    const cloud = await deployed();
    cloud.ssm.faults.inject({ operation: 'PutParameter', fault: { kind: 'error', code: 'ParameterPatternMismatchException', message: 'Not like this.' } });
    const { error, cause } = await cloud.execute(logicalId(PLAIN, MACHINE));
    expect([error, cause]).toEqual(['VersionParameterNotWritten', expect.stringMatching(new RegExp(`Version ${liveIn(cloud)!} is live.*ParameterPatternMismatchException`))]);
    expect([kept(cloud) === liveIn(cloud), runningIn(cloud)]).toEqual([false, []]);
  });

  describe('a look writes nothing', () => {
    test('at the freshness', async () => {
      const cloud = await deployed();
      cloud.ssm.set(nameIn(cloud), 'untouched');
      cloud.fireRule(logicalId(PLAIN, 'AudiencePopulationFreshness'));
      await cloud.settle();
      expect(kept(cloud)).toBe('untouched');
    });

    test('that finds nothing new upstream', async () => {
      const source = keeping({ chained: true });
      const cloud = await deployed(source);
      cloud.ssm.set(nameIn(cloud), 'untouched');
      const execution = await cloud.execute(logicalId(source, MACHINE), { afterUpstream: true });
      expect([JSON.parse(execution.output!), kept(cloud)]).toEqual([expect.objectContaining({ status: 'UNCHANGED' }), 'untouched']);
    });

    test('and waits for nobody\'s turn', async () => {
      const cloud = await deployed();
      cloud.cleanRooms.planQuery({ durationSeconds: 900, outcome: 'SUCCESS' });
      cloud.fireRule(logicalId(PLAIN, SCHEDULE));
      await until(cloud, () => lettersIn(cloud) === 'aa');
      const { startDate, stopDate } = await cloud.execute(logicalId(PLAIN, MACHINE), { observe: true });
      expect([(stopDate! - startDate) / 1000 < 3, runningIn(cloud).length]).toEqual([true, 1]);
    });
  });
});
