import { VirtualClock } from '../../simulator/clock';
import { Decision, evaluate, Statement } from '../../simulator/iam/policy';
import { IamService } from '../../simulator/iam/service';

const ARN = 'arn:aws:a:::x/1';
const allow: Statement = { Effect: 'Allow', Action: 'a:Get*', Resource: 'arn:aws:a:::x/*' };
const under = (Condition: Statement['Condition']): Statement[] => [{ ...allow, Condition }];

test.each<[string, Statement[], string, string, Record<string, string>, Decision]>([
  ['allows what its wildcards cover', [allow], 'a:GetThing', ARN, {}, 'allowed'],
  ['ignores the case of actions', [allow], 'A:getthing', ARN, {}, 'allowed'],
  ['does not ignore the case of resources', [allow], 'a:GetThing', 'arn:aws:a:::X/1', {}, 'implicitly denied'],
  ['takes a dot for a dot', [{ ...allow, Resource: 'a.c' }], 'a:GetThing', 'abc', {}, 'implicitly denied'],
  ['denies other actions', [allow], 'a:Put', ARN, {}, 'implicitly denied'],
  ['lets a deny win', [allow, { Effect: 'Deny', Action: '*', Resource: '*' }], 'a:GetThing', ARN, {}, 'explicitly denied'],
  ['excludes by NotAction', [{ Effect: 'Allow', NotAction: 'a:Get*', Resource: '*' }], 'a:GetThing', 'x', {}, 'implicitly denied'],
  ['holds under its condition', under({ StringEquals: { 'kms:ViaService': ['s'] } }), 'a:GetThing', ARN, { 'kms:ViaService': 's' },
    'allowed'],
  ['does not hold where its condition fails', under({ StringLike: { k: 'a*' } }), 'a:GetThing', ARN, { k: 'b' }, 'implicitly denied'],
  ['does not hold under a condition that the simulator does not know', under({ Bool: { k: 'true' } }), 'a:GetThing', ARN, { k: 'true' },
    'implicitly denied'],
])('a policy %s', (_name, statements, action, resource, context, decision) => {
  expect(evaluate([{ Statement: statements }], { action, resource, context })).toBe(decision);
});

describe('a role', () => {
  let clock: VirtualClock;
  let iam: IamService;
  const start = (propagationMillis: number): void => {
    clock = new VirtualClock();
    iam = new IamService(clock, '1', propagationMillis);
    iam.putRole('role', 'name');
  };
  const attach = (Action: string): void => iam.attach('role', 'p', { Statement: { ...allow, Action } });
  const spread = (): Promise<void> => clock.drive(clock.sleep(10_000), 'propagation');
  /** Those of the actions that it may do. */
  const may = (...actions: string[]): string[] => actions.filter((action) => iam.decide('role', { action, resource: ARN }) === 'allowed');

  test('needs its policies on every resource of a call', () => {
    start(0);
    attach('a:Get*');
    iam.issueAccessKey('role', 'KEY');
    expect(() => iam.authorizeKey('KEY', 'a:GetThing', [ARN, 'arn:aws:a:::x/2'])).not.toThrow();
    expect(() => iam.authorizeKey('KEY', 'a:GetThing', [ARN, 'arn:aws:a:::y/2']))
      .toThrow('assumed-role/name/KEY is not authorized to perform: a:GetThing on resource: arn:aws:a:::y/2');
    expect(() => iam.authorizeKey('OTHER', 'a:GetThing', [])).toThrow('OTHER');
  });

  test('gets its policies only after they have spread', async () => {
    start(10_000);
    attach('a:One');
    expect(may('a:One')).toEqual([]);
    await spread();
    // Attaching the same again changes nothing, and so spreads nothing.
    attach('a:One');
    expect(may('a:One')).toEqual(['a:One']);
  });

  test('has its old policy until the new one has spread, and one that was taken away until that has', async () => {
    start(10_000);
    attach('a:One');
    attach('a:Two');
    await spread();
    expect(may('a:One', 'a:Two')).toEqual(['a:Two']);
    attach('a:Three');
    expect(may('a:Two', 'a:Three')).toEqual(['a:Two']);
    await spread();
    expect(may('a:Two', 'a:Three')).toEqual(['a:Three']);
    iam.detach('role', 'p');
    expect(may('a:Three')).toEqual(['a:Three']);
    await spread();
    expect(may('a:Three')).toEqual([]);
  });
});
