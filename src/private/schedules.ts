import { Schedule } from 'aws-cdk-lib/aws-events';
import { IConstruct } from 'constructs';
import { known, problem } from './problem';
import { requireSchedule } from './type-checks';

/** What EventBridge takes for a schedule: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html */
export function validateSchedule(scope: IConstruct, prop: string, schedule: Schedule): void {
  requireSchedule(scope.node.path, prop, schedule);
  const expression = schedule.expressionString;
  if (known(expression)) {
    const fault = faultOf(expression);
    if (fault) {
      problem(scope.node.path, prop, expression, fault);
    }
  }
}

/** Runs of a schedule are started with its name, in a template where EventBridge fills in what stands in angle brackets. */
export function validateScheduleName(scope: IConstruct, id: string): void {
  if (/[<>]/.test(id)) {
    problem(scope.node.path, 'id', id, 'Give one without angle brackets: it is the schedule\'s name in the input of its runs.');
  }
}

function faultOf(expression: string): string | undefined {
  const [, kind, content] = /^(rate|cron)\(([^()]+)\)$/.exec(expression) ?? [];
  switch (kind) {
    case 'rate': return faultOfRate(content);
    case 'cron': return faultOfCron(content.trim().split(/\s+/));
    default: return 'Give a rate or a cron expression, which is all that EventBridge rules know.';
  }
}

function faultOfRate(content: string): string | undefined {
  const [, count, unit, plural] = /^(\d+) (minute|hour|day)(s?)$/.exec(content) ?? [];
  if (!unit || Number(count) < 1) {
    return 'Give a whole number from 1 on of minutes, hours or days, such as rate(6 hours).';
  }
  return (Number(count) === 1) === (plural === '') ? undefined : `Write rate(${Number(count)} ${unit}${Number(count) === 1 ? '' : 's'}).`;
}

interface Field {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  readonly names?: string;
  /** What it may be besides numbers, ranges, lists and steps. */
  readonly also?: RegExp;
}

const FIELDS: readonly Field[] = [
  { name: 'minutes', from: 0, to: 59 },
  { name: 'hours', from: 0, to: 23 },
  { name: 'day of the month', from: 1, to: 31, also: /^(\?|L|LW|L-([1-9]|[12]\d|30)|([1-9]|[12]\d|3[01])W)$/ },
  { name: 'month', from: 1, to: 12, names: 'JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC' },
  { name: 'day of the week', from: 1, to: 7, names: 'SUN MON TUE WED THU FRI SAT', also: /^(\?|L|([1-7]|SUN|MON|TUE|WED|THU|FRI|SAT)(L|#[1-5]))$/ },
  { name: 'year', from: 1970, to: 2199 },
];
const [DAY_OF_MONTH, DAY_OF_WEEK, YEAR] = [2, 4, 5];

function faultOfCron(fields: readonly string[]): string | undefined {
  if (fields.length !== FIELDS.length) {
    return `Give six fields instead of ${fields.length}: ${FIELDS.map(({ name }) => name).join(', ')}.`;
  }
  const wrong = FIELDS.find((field, index) => !fields[index].toUpperCase().split(',').every((item) => fits(field, item)));
  if (wrong) {
    return `Its ${wrong.name} has to be of ${wrong.from} to ${wrong.to}: numbers, lists, ranges and steps.`;
  }
  if ((fields[DAY_OF_MONTH] === '?') === (fields[DAY_OF_WEEK] === '?')) {
    return 'Write ? for the day of the month or for the day of the week, and not for both.';
  }
  return lastYear(fields[YEAR]) < new Date().getUTCFullYear() ? 'Its years have passed, so it never fires: leave the year out.' : undefined;
}

function fits(field: Field, item: string): boolean {
  if (field.also?.test(item)) {
    return true;
  }
  const [range, step, ...more] = item.split('/');
  const bounds = range === '*' ? [] : range.split('-');
  return more.length === 0
    && (step === undefined || /^[1-9]\d*$/.test(step))
    && bounds.length <= 2
    && bounds.every((bound) => isIn(field, bound));
}

function isIn({ from, to, names }: Field, bound: string): boolean {
  return (/^\d+$/.test(bound) && Number(bound) >= from && Number(bound) <= to) || Boolean(names?.split(' ').includes(bound));
}

/** Of numbers, lists and ranges; everything else goes on for ever. */
const lastYear = (years: string): number => (/^[\d,-]+$/.test(years) ? Math.max(...years.split(/[,-]/).map(Number)) : Infinity);
