import { CfnResource, Stack } from 'aws-cdk-lib';
import { Screen } from './screen';
import { clockTime, pad, shortened, wrapped } from './text';
import { StackEvent } from '../../simulator/cloudformation/stack';

const INDENT = '  ';
const STATUS_WIDTH = 'UPDATE_ROLLBACK_IN_PROGRESS'.length;
const TYPE_WIDTH = 'IntermediateTablePopulation'.length;
/** Whose starts are worth a line: one sees the deploy wait. */
const LONG = /^(Custom::IntermediateTablePopulation|AWS::CloudFormation::Stack)$/;

/** What CloudFormation reports, as the CDK CLI shows it: but for the starts of what takes seconds. */
export class StackEvents {
  private readonly paths = new Map<string, string>();
  private since = 0;

  constructor(private readonly screen: Screen) {}

  /** Of a deploy that begins now. */
  begin(stack: Stack, now: number): void {
    this.since = now;
    for (const resource of stack.node.findAll().filter((construct) => CfnResource.isCfnResource(construct))) {
      const path = resource.node.path.slice(stack.node.path.length + 1).replace(/\/(Resource|Default)$/, '');
      this.paths.set(stack.resolve(resource.logicalId) as string, path);
    }
  }

  show({ time, type, status, logicalId, reason = '' }: StackEvent): void {
    if (status.endsWith('_CLEANUP_IN_PROGRESS') || (status.endsWith('_IN_PROGRESS') && !LONG.test(type))) {
      return;
    }
    const { screen } = this;
    const head = `${INDENT}${clockTime(time - this.since)}  `;
    const kind = type.slice(type.lastIndexOf(':') + 1);
    const path = shortened(this.paths.get(logicalId) ?? logicalId, screen.width - head.length - STATUS_WIDTH - TYPE_WIDTH - 5);
    screen.print([
      screen.style('dim', head) + screen.style(colourOf(status), pad(status, STATUS_WIDTH)), screen.style('dim', pad(kind, TYPE_WIDTH)), path,
    ].join('  ').trimEnd());
    if (status.endsWith('_FAILED')) {
      for (const line of wrapped(reason, screen.width - head.length)) {
        screen.print(' '.repeat(head.length) + screen.style('red', line));
      }
    }
  }
}

function colourOf(status: string): 'red' | 'yellow' | 'green' | 'blue' {
  if (status.endsWith('_FAILED')) {
    return 'red';
  }
  if (status.includes('ROLLBACK')) {
    return 'yellow';
  }
  return status.endsWith('_COMPLETE') ? 'green' : 'blue';
}
