import { known, problem } from './problem';

/** What names and descriptions may be: the services refuse others, when a stack is half deployed. */

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutRule.html */
const LONGEST_RULE_DESCRIPTION = 512;
/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html */
const LONGEST_ALARM_DESCRIPTION = 1_024;

/** The user's own description of a rule, or ours, which a long path may make too long. */
export const ruleDescription = (path: string, prop: string, given: string | undefined, ours?: string): string | undefined =>
  described(path, prop, given, LONGEST_RULE_DESCRIPTION, ours);

export const alarmDescription = (path: string, given: string | undefined, ours: string): string | undefined =>
  described(path, 'alarmDescription', given, LONGEST_ALARM_DESCRIPTION, ours);

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/outputs-section-structure.html: in bytes. */
export const outputDescription = (ours: string): string => cut(ours, 340);

function described(path: string, prop: string, given: string | undefined, longest: number, ours?: string): string | undefined {
  requireText(path, prop, given, longest);
  return given ?? (ours && cut(ours, longest));
}

const cut = (text: string, longest: number): string => (text.length > longest ? `${text.slice(0, longest - 1)}…` : text);

export function requireText(path: string, prop: string, value: unknown, longest: number, shortest = 0): void {
  if (value === undefined || !known(value)) {
    return;
  }
  if (typeof value !== 'string') {
    problem(path, prop, value, 'Give a string.');
  } else if (value.length > longest) {
    problem(path, prop, `${value.slice(0, 20)}… (${value.length} characters)`, `Give at most ${longest} characters.`);
  } else if (value.length < shortest) {
    problem(path, prop, value, `Give at least ${shortest} character${shortest === 1 ? '' : 's'}.`);
  }
}

export function requireName(path: string, prop: string, value: unknown, longest: number, allowed: RegExp, remedy: string): void {
  requireText(path, prop, value, longest, 1);
  if (typeof value === 'string' && known(value) && !allowed.test(value)) {
    problem(path, prop, value, remedy);
  }
}
