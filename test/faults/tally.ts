import type { Played } from './play';
import type { Fault } from '../../simulator/faults';

/** How often what happened: whether faults really strike, and what came of what they struck. */
export type Tally = Readonly<Record<string, number>>;

export function tallyOf({ cloud, deploys, putFaults }: Played): Tally {
  const services = { 'Clean Rooms': cloud.cleanRooms.faults, 'DynamoDB': cloud.recordFaults, 'Step Functions': cloud.stepFunctionsFaults };
  return counted([
    ...deploys.map(({ result }) => `deploys: ${result.status}`),
    ...cloud.executions().map(({ status }) => `executions: ${status}`),
    ...cloud.cleanRooms.journal.acceptedPopulates().map(() => 'populates: accepted'),
    ...Object.entries(services).flatMap(([service, { hits }]) => hits.map(({ fault }) => `${service}: ${nameOf(fault)}`)),
    ...cloud.lambda.faults.hits.map(({ fault }) => `Lambda: ${fault.at}`),
    ...putFaults.map((fault) => `PUTs: ${'reset' in fault ? `reset ${fault.reset}` : `${fault.status}${fault.after ? ' after' : ''}`}`),
  ]);
}

const nameOf = (fault: Fault): string =>
  [fault.kind === 'error' ? fault.code : fault.kind === 'reply' ? `reply ${fault.status}` : fault.kind, 'when' in fault ? fault.when ?? '' : ''].join(' ').trim();

const counted = (names: readonly string[]): Tally =>
  names.reduce<Record<string, number>>((tally, name) => ({ ...tally, [name]: (tally[name] ?? 0) + 1 }), {});

export function added<T extends Tally>(a: Partial<T>, b: Partial<T>): T {
  const keys = [...new Set([...Object.keys(a), ...Object.keys(b)])];
  return Object.fromEntries(keys.map((key) => [key, (a[key] ?? 0) + (b[key] ?? 0)])) as T;
}
