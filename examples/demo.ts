/**
 * `npm run demo`: deploys `daily-refresh/` to the local simulator, through its synthesized template and the shipped Lambda
 * bundles, and shows what happens.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { DailyRefreshStack } from './daily-refresh/app';
import { QueryPlan } from '../simulator/clean-rooms';
import { Pace } from '../simulator/clock';
import { Cloud } from '../simulator/cloud';
import { showTotals, showVersions, totalsOf } from './demo/account';
import { Facts } from './demo/facts';
import { Progress } from './demo/progress';
import { Screen } from './demo/screen';
import { StackEvents } from './demo/stack-events';
import { date, wrapped } from './demo/text';
import { DeployResult } from '../simulator/cloudformation/service';

const STACK = 'DailyRefresh';
const SCHEDULE = 'AWS::Events::Rule';
const DAY_SECONDS = 24 * 3600;
const MINUTE = 60;
/** Virtual seconds in a real one: for watching a query, and for letting a day go by. */
const WATCHING = 2400;
const LEAPING = 300_000;

const CAST_ERROR: QueryPlan = {
  durationSeconds: 3 * MINUTE,
  outcome: 'FAILED',
  error: { code: 'QUERY_EXECUTION_FAILED', message: "[CAST_INVALID_INPUT] The value 'ten' of the type \"STRING\" cannot be cast to \"BIGINT\"." },
};

// CDK's validation of the templates takes longer than all the rest of the demo.
process.env.CDK_VALIDATION ??= 'false';

class Demo {
  readonly screen = new Screen();
  readonly facts = new Facts(this.screen);
  private readonly directory = mkdtempSync(join(tmpdir(), 'demo-'));
  private readonly pace: Pace = { virtualSecondsPerSecond: WATCHING };
  private readonly events = new StackEvents(this.screen);
  private readonly cloud = new Cloud({ region: 'eu-west-1', pace: this.pace, onStackEvent: (event) => this.events.show(event) });
  private readonly progress = new Progress(this.screen, this.cloud.cleanRooms);
  private chapters = 0;

  constructor() {
    this.pace.onTick = (now) => this.progress.tick(now);
  }

  async run(): Promise<void> {
    this.introduce();
    const first = await this.firstDeploy();
    await this.scheduledRefresh(first);
    const updated = await this.changedParameters();
    await this.failingUpdate(updated);
    await this.conclude(updated);
  }

  end(): void {
    this.cloud.close();
    rmSync(this.directory, { recursive: true });
  }

  private introduce(): void {
    this.screen.print();
    this.say('This runs on a local simulator, not on AWS: nothing is created, nothing is billed. Real are the CDK app (examples/daily-refresh), '
      + 'its template, its state machine and its Lambda bundles. Minutes pass in fractions of a second.');
  }

  private async firstDeploy(): Promise<DeployResult> {
    this.chapter('The first deploy populates the table, and waits until it can be queried');
    const result = await this.deploy('10', { durationSeconds: 12 * MINUTE, outcome: 'SUCCESS' });
    this.summarize();
    this.facts.check('The stack is complete.', result.status === 'CREATE_COMPLETE', result.reason);
    this.checkPopulates(1, '10');
    this.checkOutput(result, 'The output is the version that this made, and it is live.', this.madeLast());
    return result;
  }

  private async scheduledRefresh(first: DeployResult): Promise<void> {
    await this.leap(DAY_SECONDS);
    this.chapter('A day later the schedule fires: a second version, while the first one stays queryable');
    this.cloud.cleanRooms.planQuery({ durationSeconds: 11 * MINUTE, outcome: 'SUCCESS' });
    const before = this.cloud.executions().length;
    this.cloud.fireRule(this.scheduleId());
    await this.cloud.settle();
    const [execution, ...others] = this.cloud.executions();
    const output = JSON.parse(execution.output ?? '{}') as { status?: string; versionId?: string };
    this.summarize();
    this.facts.check('The rule has started one execution, which says POPULATED.',
      others.length === before && execution.status === 'SUCCEEDED' && output.status === 'POPULATED', execution);
    this.checkPopulates(2, '10');
    const seen = [...this.progress.liveVersions];
    this.facts.check('At every moment one of the two versions was live: first the old one, then the new one.',
      seen.length === 2 && seen[0] === versionOf(first) && seen[1] === output.versionId && seen[1] === this.liveVersion(), seen);
  }

  private async changedParameters(): Promise<DeployResult> {
    this.chapter('An update of the parameters (min_orders 10 → 20) populates exactly once more');
    const result = await this.deploy('20', { durationSeconds: 9 * MINUTE, outcome: 'SUCCESS' });
    this.summarize();
    this.facts.check('The stack is updated.', result.status === 'UPDATE_COMPLETE', result.reason);
    this.checkPopulates(3, '20');
    this.checkOutput(result, 'The output is the version that this made, and it is live.', this.madeLast());
    return result;
  }

  private async failingUpdate(before: DeployResult): Promise<void> {
    this.chapter('An update whose query fails (min_orders = ten) changes nothing');
    const result = await this.deploy('ten', CAST_ERROR);
    this.summarize();
    const { code, message } = CAST_ERROR.error!;
    this.facts.check('The stack is rolled back.', result.status === 'UPDATE_ROLLBACK_COMPLETE', result.status);
    this.facts.check("It failed with the query's own words, where the parameter's name stands for its value.",
      result.failures.some(({ reason }) => reason.includes(code) && reason.includes(message.replace('ten', '<min_orders>'))), result.failures);
    this.checkPopulates(4, 'ten');
    this.facts.check('The rollback populated nothing: the live version is still the one from before.',
      this.liveVersion() === versionOf(before), this.liveVersion());
    this.checkOutput(result, "The stack's output is that version, too.", versionOf(before));
  }

  private async conclude(expected: DeployResult): Promise<void> {
    await this.cloud.settle();
    this.chapter('What is left');
    const { outputs } = this.cloud.stack(STACK);
    for (const [name, value] of Object.entries(outputs)) {
      this.screen.print(`  ${STACK}.${name} = ${this.screen.style('bold', value)}`);
    }
    showTotals(this.screen, 'All in all:', totalsOf(this.cloud));
    this.screen.print();
    this.facts.check('The outputs name the live version.',
      versionOf({ outputs }) === this.liveVersion() && this.liveVersion() === versionOf(expected), outputs);
    this.facts.check('No function has crashed, and no execution was left behind.',
      this.cloud.lambda.invocations.every(({ error }) => !error) && this.cloud.executions().every(({ status }) => status !== 'RUNNING'),
      this.cloud.lambda.invocations.filter(({ error }) => error));
  }

  private async deploy(minOrders: string, plan: QueryPlan): Promise<DeployResult> {
    const app = new App({ outdir: join(this.directory, minOrders) });
    const stack = new DailyRefreshStack(app, STACK, { minOrders });
    const assembly = app.synth();
    this.events.begin(stack, this.cloud.clock.now());
    this.cloud.cleanRooms.planQuery(plan);
    return this.cloud.deploy(assembly.directory, STACK);
  }

  private async leap(seconds: number): Promise<void> {
    this.pace.virtualSecondsPerSecond = LEAPING;
    await this.cloud.advance(seconds);
    this.pace.virtualSecondsPerSecond = WATCHING;
  }

  private scheduleId(): string {
    return [...this.cloud.stack(STACK).resources.values()]
      .find(({ type, properties }) => type === SCHEDULE && properties.ScheduleExpression)!.logicalId;
  }

  private liveVersion(): string | undefined {
    return this.cloud.cleanRooms.liveVersionId(this.cloud.cleanRooms.populations()[0].table.id);
  }

  private madeLast(): string | undefined {
    return this.cloud.cleanRooms.journal.acceptedPopulates().at(-1)?.versionId;
  }

  private checkPopulates(count: number, minOrders: string): void {
    const accepted = this.cloud.cleanRooms.journal.acceptedPopulates();
    const body = JSON.stringify(accepted.at(-1)?.body);
    this.facts.check(`Populate was called once${count > 1 ? ' more' : ''}, with min_orders = ${minOrders}.`,
      accepted.length === count && body === JSON.stringify({ parameters: { min_orders: minOrders } }), accepted);
  }

  private checkOutput(result: DeployResult, claim: string, expected?: string): void {
    const output = versionOf(result);
    const live = this.liveVersion();
    this.facts.check(claim, output !== undefined && output === expected && output === live, { output, expected, live });
  }

  private chapter(title: string): void {
    this.screen.print();
    this.screen.print(this.screen.style('bold', `${++this.chapters}. ${title}`));
    this.screen.print(`   ${this.screen.style('dim', date(this.cloud.clock.now()))}`);
    this.progress.begin(this.cloud.clock.now());
  }

  private summarize(): void {
    showVersions(this.screen, this.cloud);
    showTotals(this.screen, 'So far:', totalsOf(this.cloud));
    this.screen.print();
  }

  private say(text: string): void {
    wrapped(text, Math.min(this.screen.width, 100)).forEach((line) => this.screen.print(line));
  }
}

function versionOf({ outputs }: Pick<DeployResult, 'outputs'>): string | undefined {
  return Object.entries(outputs).find(([name]) => name.includes('VersionId'))?.[1];
}

async function main(): Promise<void> {
  const demo = new Demo();
  try {
    await demo.run();
  } finally {
    demo.end();
  }
  process.exitCode = demo.facts.allTrue ? 0 : 1;
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
