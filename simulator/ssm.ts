import { ApiError } from './runtime/json-server';

export interface PutParameterArguments {
  readonly Name: string;
  readonly Value: string;
  readonly Overwrite?: boolean;
}

/** Systems Manager's parameters. */
export class ParameterStore {
  private readonly values = new Map<string, string>();

  constructor(private readonly region: string, private readonly account: string) {}

  get(name: string): string | undefined {
    return this.values.get(name);
  }

  set(name: string, value: string): void {
    this.values.set(name, value);
  }

  delete(name: string): void {
    this.values.delete(name);
  }

  put({ Name, Value, Overwrite = false }: PutParameterArguments, authorize: (action: string, resource: string) => void): object {
    authorize('ssm:PutParameter', `arn:aws:ssm:${this.region}:${this.account}:parameter/${Name.replace(/^\//, '')}`);
    if (this.values.has(Name) && !Overwrite) throw new ApiError('ParameterAlreadyExistsException', `The parameter ${Name} already exists.`);
    this.values.set(Name, Value);
    return { Tier: 'Standard', Version: 1 };
  }
}
