import { readInput } from './input';
import { failure } from './outcome';
import type { Cause, In, Run, RunState } from './run-state';
import { fingerprintOf } from '../../contract/hashing';
import type { Definition, Parameters } from '../../contract/population';
import { REPORTS, WINDS_UP } from '../../contract/time';
import { decoded } from '../../contract/verbatim';
import type { MachineState, RunInput } from '../../contract/workflow';
import type { Deployment, PopulationRecord } from '../record/population-record';

/** For what runs before the custom resource goes: it is cancelled in that time. */
const RELEASES_WITHIN = 300;

/** The first state, from what the machine hands over. */
export function begin({ definition: encoded, execution }: MachineState): RunState {
  const definition = decoded(encoded);
  const read = readInput(execution.Input);
  const input = read.problem === undefined ? read.input : {};
  const startedAt = Date.parse(execution.StartTime);
  const overrides = { ...decoded(input.encodedParameters), ...input.parameters };
  const run: Run = {
    execution: execution.Id,
    startedAt,
    ...within(startedAt + definition.timeoutSeconds * 1_000),
    ...making(definition, overrides),
    overrides,
    cause: causeOf(input),
  };
  const state = { ...run, phase: 'BEGIN', event: input.event } as const;
  if (read.problem !== undefined) {
    return { ...run, phase: 'END', ended: { failure: failure(state, 'InvalidInput', read.problem, 'Nothing was populated.') } };
  }
  // Until the deployment is read, all that is known is until when it has to be answered.
  return input.deployment ? { ...state, ...within(Date.parse(input.deployment.answerBy) - WINDS_UP * 1_000) } : state;
}

function causeOf({ deployment, observe, afterUpstream }: RunInput): Cause {
  if (deployment) {
    return 'DEPLOYMENT';
  }
  return observe ? 'OBSERVE' : afterUpstream ? 'AFTER_UPSTREAM' : 'ORDINARY';
}

/** What a deployment's run makes is what the deployment function put on record, ahead of the machine's definition. */
export function deploying(state: In<'BEGIN'>, deployment: Deployment): In<'BEGIN'> {
  const { definition, action, answerBy } = deployment;
  const timeout = action === 'RELEASE' ? RELEASES_WITHIN : definition.timeoutSeconds;
  return {
    ...state,
    ...making({ ...definition, keepsVersion: state.definition.keepsVersion }),
    cause: action === 'RELEASE' ? 'RELEASE' : 'DEPLOYMENT',
    deployment,
    ...within(Math.min(state.startedAt + timeout * 1_000, answerBy - WINDS_UP * 1_000)),
  };
}

/**
 * What a schedule's run makes, at its turn: by the newest deployment's definition. The machine's may be one of a deployment that has been
 * rolled back meanwhile, or that has not come to this population yet.
 */
export function following<S extends RunState>(state: S, { deployment }: PopulationRecord): S {
  const follows = (state.cause === 'ORDINARY' || state.cause === 'AFTER_UPSTREAM') && deployment?.action === 'POPULATE' && !deployment.abandoned;
  return follows ? { ...state, ...making({ ...deployment.definition, keepsVersion: state.definition.keepsVersion }, state.overrides) } : state;
}

const within = (deadline: number) => ({ deadline, limit: deadline + (WINDS_UP - REPORTS) * 1_000 });

function making(definition: Definition, parameters: Parameters = {}): Pick<Run, 'definition' | 'fingerprint'> {
  const { population } = definition;
  const made = Object.keys(parameters).length
    ? { ...definition, population: { ...population, parameters: { ...population.parameters, ...parameters } } }
    : definition;
  return { definition: made, fingerprint: fingerprintOf(made) };
}
