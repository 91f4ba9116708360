import { fail, type Action, type Wait } from './actions';
import { decide } from './decide';
import { OBSERVERS, type Seen } from './observe';
import { leaveAdmission, perform } from './perform';
import { graceOf, isOfDeployment, isOwn, isPastGrace, onlyMeasures, runOf, type Run, type Situation } from './run';
import { retry, timedOut, wait } from './waiting';
import { tableId } from '../../contract/definition';
import { deadlineFor, MAX_TIMEOUT_SECONDS } from '../../contract/time';
import type { Ended, Failure, Hints, MachineState, Next, PopulationOutput } from '../../contract/workflow';
import { failure, NO_VERSION, outputOf } from '../failures';
import { readInput } from '../input';
import type { Ports } from '../invocation';
import { embeddedMetrics, measuredOf, type Measured } from '../metrics';
import { tableKey, toTableRecord } from '../record/items';
import { attemptOfVersion, type TableRecord } from '../record/table-record';
import { firstError, type ServiceError } from '../service-error';

export interface Stepped {
  readonly state: MachineState;
  /** A log line that CloudWatch takes metrics from. */
  readonly metrics?: object;
}

/** What is left to do then, the next step does. */
const MAX_MOVES = 200;

/**
 * Takes one step of a run: reads the record, observes what the row of `decide` needs, decides, does one thing, and goes on, as long as
 * there is nothing to wait for but a moment. All longer waiting is the machine's. A step after a crash is a step.
 */
export async function step(machine: MachineState, ports: Ports): Promise<Stepped> {
  const read = readInput(machine.execution.Input);
  const run = runOf(machine, read.problem === undefined ? read.input : {});
  const stepping = new Stepping(machine, run, ports);
  if (read.problem !== undefined) {
    return stepping.over({ failure: failure({ run }, 'InvalidInput', read.problem, 'Nothing was populated.') });
  }
  for (let moves = 0; moves < MAX_MOVES; moves++) {
    const stepped = await stepping.move();
    if (stepped) {
      return stepped;
    }
  }
  return stepping.handBack('WAIT', { wait: 1 });
}

/** What only lives as long as the step. */
class Stepping {
  private hints: Hints;
  private hasLease = false;
  private admittedTo: Situation['admittedTo'];
  private refusal?: Failure;
  private measured: Measured = {};

  constructor(private readonly machine: MachineState, private run: Run, private readonly ports: Ports) {
    this.hints = machine.next === 'REPORT' ? { ...machine.hints, reported: true } : machine.hints ?? {};
  }

  /** Returns what is handed back to the machine; undefined where the step goes on. */
  public async move(): Promise<Stepped | undefined> {
    const { situation, version, error } = await this.readRecord();
    const action = error ? unreadable(situation, error) : await this.decideBySeeing(situation);
    return this.carryOut(keepingVersion(action, this.machine, situation), situation, version);
  }

  public handBack(next: Next, more: Partial<MachineState> = {}, metrics?: object): Stepped {
    const { execution, population } = this.machine;
    return { state: { execution, population, hints: this.hints, next, crashes: { wait: NO_CRASH }, ...more }, metrics };
  }

  public over(ended: Ended): Stepped {
    return this.handBack('END', { ended }, embeddedMetrics(this.run, ended, this.measured, this.ports.clock.now()));
  }

  private async readRecord(): Promise<{ situation: Situation; version: number; error?: ServiceError }> {
    const { run, ports: { store, clock, chance }, hints, admittedTo, refusal } = this;
    const [item, own] = await Promise.all([store.read<Partial<TableRecord>>(tableKey(run.table)), store.readRun(run.execution)]);
    const { table = run.table, outcome } = own.ok ? own.value : {};
    if (tableId(table) !== tableId(run.table)) {
      // The Delete of a table that was replaced: the machine has the new one.
      this.run = { ...run, table };
      return this.readRecord();
    }
    const { document, version } = item.ok ? item.value : { document: undefined, version: 0 };
    const record = toTableRecord(document);
    const hasLease = this.hasLease && record.lease?.holder === run.execution;
    const situation = { run, record, outcome, hints, now: clock.now(), chance: chance(), hasLease, admittedTo, refusal };
    return { situation, version, error: firstError(item, own) };
  }

  private async decideBySeeing(situation: Situation): Promise<Action> {
    let seen: Seen = {};
    for (;;) {
      const action = decide(situation, seen);
      this.measured = measuredOf(this.measured, situation, seen);
      if (action.type !== 'OBSERVE') {
        return action;
      }
      seen = { ...seen, [action.what]: await OBSERVERS[action.what](situation, this.ports, seen) };
    }
  }

  private async carryOut(action: Action, situation: Situation, version: number): Promise<Stepped | undefined> {
    switch (action.type) {
      case 'OBSERVE': return undefined;
      case 'WAIT': return this.waitFor(action, situation);
      case 'REPORT':
      case 'KEEP_VERSION':
        await leaveAdmission(situation, this.ports);
        return this.handBack(action.type, { ended: { output: action.type === 'REPORT' ? NO_VERSION : action.output } });
      default: {
        const performed = await perform(action, situation, version, this.ports);
        if (action.type === 'END' && (performed.isOver || isPastGrace(situation))) {
          await leaveAdmission(situation, this.ports);
          return this.over(action.ended);
        }
        this.hints = performed.hints ?? this.hints;
        this.hasLease = performed.hasLease ?? this.hasLease;
        this.admittedTo = 'admittedTo' in performed ? performed.admittedTo : this.admittedTo;
        this.refusal = performed.refusal;
        const { hints, admittedTo } = this;
        return performed.then && this.carryOut(performed.then, { ...situation, hints, admittedTo }, version);
      }
    }
  }

  /** Waits within the function where somebody is to be told soon, and as long as it may. */
  private async waitFor({ seconds, polls, hints }: Wait, situation: Situation): Promise<Stepped | undefined> {
    this.hints = { ...this.hints, ...hints };
    await leaveAdmission(situation, this.ports);
    this.admittedTo = undefined;
    if (!polls || this.ports.clock.pollSecondsLeft() <= seconds) {
      return this.handBack('WAIT', { wait: polls ? 1 : Math.max(1, Math.round(seconds)) });
    }
    await this.ports.clock.pause(seconds);
    return undefined;
  }
}

/** Where the machine's count of crashes begins. */
const NO_CRASH = -3;

/** Neither yes nor no: asked again while there is time. How long a run may take stands on record, so it has all that there is. */
function unreadable(situation: Situation, error: ServiceError): Action {
  const { run, now } = situation;
  const { startedAt, input: { deployment } } = run;
  const isLate = now >= (deployment ? graceOf(deadlineFor(Date.parse(deployment.answerBy))) : startedAt + MAX_TIMEOUT_SECONDS * 1_000);
  const unavailable = (cause: string) => fail(failure(situation, 'RecordUnavailable', `The record in DynamoDB cannot be read. ${cause}`,
    'A function in a VPC needs an endpoint for DynamoDB.'));
  return isLate ? unavailable(timedOut(situation).cause)
    : retry(situation, 'DynamoDB', error, ({ cause }) => (isOfDeployment(run) ? wait(situation, 10, cause) : unavailable(cause)));
}

/** Lets the machine write the SSM parameter before the run ends: one that tells of another version is no success. */
function keepingVersion(action: Action, machine: MachineState, situation: Situation): Action {
  const isFinishingOwn = action.type === 'FINISH' && isOwn(situation, action.attempt);
  const { output } = (action.type === 'END' ? action.ended : isFinishingOwn ? action.outcome : undefined) ?? {};
  if (!situation.run.keepsVersion || !output?.versionId || isLook(situation, output)) {
    return action;
  }
  const newest = newestOf(output, situation);
  if (machine.next !== 'KEEP_VERSION' || machine.ended?.output?.versionId !== newest.versionId) {
    return { type: 'KEEP_VERSION', output: newest };
  }
  if (!machine.unkept) {
    return action;
  }
  const reason = failure(situation, 'VersionParameterNotWritten',
    `Version ${newest.versionId} is live, but the SSM parameter could not be written. ${machine.unkept.Error}: ${machine.unkept.Cause}`,
    'Does the parameter exist, of type String, and may the state machine\'s role write it?');
  return action.type === 'FINISH' ? { ...action, outcome: { failure: reason } } : fail(reason);
}

/** A look writes nothing. */
const isLook = (situation: Situation, { status }: PopulationOutput): boolean =>
  onlyMeasures(situation) || (situation.run.input.afterUpstream === true && status === 'UNCHANGED');

/** Another run may have made a newer version while this one's was written. */
function newestOf(output: PopulationOutput, { record }: Situation): PopulationOutput {
  const known = attemptOfVersion(record, output.versionId);
  const newest = record.history.find(({ succeeded }) => succeeded);
  return known && newest && newest.intendedAt > known.intendedAt ? outputOf(newest, output.status) : output;
}
