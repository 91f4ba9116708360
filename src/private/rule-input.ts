import { aws_events as events } from 'aws-cdk-lib';
import { tokenJson } from './json';
import { known, problem } from './problem';
import type { RunInput } from '../contract/workflow';

/** What a rule starts a run with; `event` is whether the run is to know the event's id, which tells when EventBridge delivers one twice. */
export type TargetInput = Omit<RunInput, 'event' | 'deployment'> & { readonly event?: true };

/** CDK's own inputs escape what is within intrinsic functions, too, where nothing is to be escaped. */
export class RuleInput extends events.RuleTargetInput {
  constructor(private readonly input: TargetInput) {
    super();
  }

  public bind({ node }: events.IRule): events.RuleTargetInputProperties {
    const { event, ...input } = this.input;
    if (!event) {
      return { input: tokenJson(input) };
    }
    // EventBridge puts the quotation marks around the id.
    const json = tokenJson({ event: ID, ...input });
    if (known(json) && json.length > LONGEST) {
      problem(node.path, 'the length of parameters', json.length, `EventBridge takes ${LONGEST} characters at most: give fewer or shorter ones.`);
    }
    return { inputTemplate: json.replace(JSON.stringify(ID), '<id>'), inputPathsMap: { id: '$.id' } };
  }
}

const ID = '<id>';

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_InputTransformer.html */
const LONGEST = 8_192;
