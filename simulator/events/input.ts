/** What of an event a target gets. */
export interface InputSelection {
  readonly Input?: string;
  readonly InputPath?: string;
  readonly InputTransformer?: { readonly InputPathsMap?: Record<string, string>; readonly InputTemplate: string };
}

/** The target's input as JSON text, as EventBridge makes it of the event. */
export function inputFor({ Input, InputPath, InputTransformer }: InputSelection, event: object, ruleArn: string): string {
  if (Input !== undefined) return Input;
  if (InputPath !== undefined) return JSON.stringify(at(InputPath, event) ?? null);
  if (InputTransformer) return transform(InputTransformer, event, ruleArn);
  return JSON.stringify(event);
}

function transform({ InputPathsMap = {}, InputTemplate }: NonNullable<InputSelection['InputTransformer']>, event: object, ruleArn: string): string {
  const variables: Record<string, unknown> = {
    ...Object.fromEntries(Object.entries(InputPathsMap).map(([name, path]) => [name, at(path, event)])),
    'aws.events.rule-arn': ruleArn,
    'aws.events.event.ingestion-time': (event as { time?: string }).time,
    'aws.events.event': event,
    'aws.events.event.json': event,
  };
  let inString = false;
  // Within quotes a text goes in bare; elsewhere a value goes in as JSON. A path that leads nowhere leaves an empty text.
  return InputTemplate.replace(/\\.|"|<([\w.-]+)>/g, (token: string, name?: string) => {
    if (token === '"') inString = !inString;
    if (name === undefined || !(name in variables)) return token;
    const value = variables[name] ?? '';
    if (!inString) return JSON.stringify(value);
    return typeof value === 'string' ? JSON.stringify(value).slice(1, -1) : JSON.stringify(value);
  });
}

/** The JSON paths that EventBridge allows: names and indices. */
function at(path: string, event: object): unknown {
  const steps = path.match(/[^.[\]'"]+/g)!.slice(1);
  return steps.reduce<unknown>((value, step) => (typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[step] : undefined), event);
}
