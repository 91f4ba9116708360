import { VirtualClock } from '../../simulator/clock';
import { Decision, evaluate, Statement } from '../../simulator/iam/policy';
import { IamService } from '../../simulator/iam/service';

const allow: Statement = { Effect: 'Allow', Action: 'a:Get*', Resource: 'arn:aws:a:::x/*' };

describe('a policy', () => {
  test.each<[string, Statement[], string, string, Record<string, string>, Decision]>([
    ['allows what its wildcards cover', [allow], 'a:GetThing', 'arn:aws:a:::x/1', {}, 'allowed'],
    ['ignores the case of actions', [allow], 'A:getthing', 'arn:aws:a:::x/1', {}, 'allowed'],
    ['does not ignore the case of resources', [allow], 'a:GetThing', 'arn:aws:a:::X/1', {}, 'implicitly denied'],
    ['takes a dot for a dot', [{ ...allow, Resource: 'a.c' }], 'a:GetThing', 'abc', {}, 'implicitly denied'],
    ['denies other actions', [allow], 'a:Put', 'arn:aws:a:::x/1', {}, 'implicitly denied'],
    ['lets a deny win', [allow, { Effect: 'Deny', Action: '*', Resource: '*' }], 'a:GetThing', 'arn:aws:a:::x/1', {}, 'explicitly denied'],
    ['excludes by NotAction', [{ Effect: 'Allow', NotAction: 'a:Get*', Resource: '*' }], 'a:GetThing', 'x', {}, 'implicitly denied'],
    ['holds under its condition', [{ ...allow, Condition: { StringEquals: { 'kms:ViaService': ['s'] } } }], 'a:GetThing', 'arn:aws:a:::x/1',
      { 'kms:ViaService': 's' }, 'allowed'],
    ['does not hold where its condition fails', [{ ...allow, Condition: { StringLike: { k: 'a*' } } }], 'a:GetThing', 'arn:aws:a:::x/1',
      { k: 'b' }, 'implicitly denied'],
    ['does not hold under a condition that the simulator does not know', [{ ...allow, Condition: { Bool: { k: 'true' } } }], 'a:GetThing',
      'arn:aws:a:::x/1', { k: 'true' }, 'implicitly denied'],
  ])('%s', (_name, statements, action, resource, context, decision) => {
    expect(evaluate([{ Statement: statements }], { action, resource, context })).toBe(decision);
  });
});

describe('a role', () => {
  test('needs its policies on every resource of a call', () => {
    const iam = new IamService(new VirtualClock(), '1', 0);
    iam.putRole('role', 'name');
    iam.attach('role', 'p', { Statement: allow });
    iam.issueAccessKey('role', 'KEY');
    expect(() => iam.authorizeKey('KEY', 'a:GetThing', ['arn:aws:a:::x/1', 'arn:aws:a:::x/2'])).not.toThrow();
    expect(() => iam.authorizeKey('KEY', 'a:GetThing', ['arn:aws:a:::x/1', 'arn:aws:a:::y/2']))
      .toThrow('assumed-role/name/KEY is not authorized to perform: a:GetThing on resource: arn:aws:a:::y/2');
    expect(() => iam.authorizeKey('OTHER', 'a:GetThing', [])).toThrow('OTHER');
  });

  test('gets its policies only after they have spread', async () => {
    const clock = new VirtualClock();
    const iam = new IamService(clock, '1', 10_000);
    iam.putRole('role', 'name');
    iam.attach('role', 'p', { Statement: allow });
    const decide = (): Decision => iam.decide('role', { action: 'a:GetThing', resource: 'arn:aws:a:::x/1' });
    expect(decide()).toBe('implicitly denied');
    await clock.drive(clock.sleep(10_000), 'propagation');
    // Attaching the same again changes nothing, and so spreads nothing.
    iam.attach('role', 'p', { Statement: allow });
    expect(decide()).toBe('allowed');
  });

  test('has its old policy until the new one has spread, and one that was taken away until that has', async () => {
    const clock = new VirtualClock();
    const iam = new IamService(clock, '1', 10_000);
    iam.putRole('role', 'name');
    const may = (action: string): boolean => iam.decide('role', { action, resource: 'arn:aws:a:::x/1' }) === 'allowed';
    const policy = (Action: string): { Statement: Statement } => ({ Statement: { ...allow, Action } });
    const spread = (): Promise<void> => clock.drive(clock.sleep(10_000), 'propagation');
    iam.attach('role', 'p', policy('a:One'));
    iam.attach('role', 'p', policy('a:Two'));
    await spread();
    expect([may('a:One'), may('a:Two')]).toEqual([false, true]);
    iam.attach('role', 'p', policy('a:Three'));
    expect([may('a:Two'), may('a:Three')]).toEqual([true, false]);
    await spread();
    expect([may('a:Two'), may('a:Three')]).toEqual([false, true]);
    iam.detach('role', 'p');
    expect(may('a:Three')).toBe(true);
    await spread();
    expect(may('a:Three')).toBe(false);
  });
});
