import type { Server } from 'node:http';
import type { Clock } from './clock';
import { errorIn, Faults } from './faults';
import type { IamService } from './iam/service';
import { ApiError, jsonServer } from './runtime/json-server';

export interface PutParameterArguments {
  readonly Name: string;
  readonly Value: string;
  readonly Overwrite?: boolean;
}

export interface ParameterStoreOptions {
  readonly clock: Clock;
  readonly iam: IamService;
  readonly region: string;
  readonly account: string;
}

interface Parameter {
  /** Of each version, the first one first. */
  readonly values: readonly string[];
  readonly allowedPattern?: string;
}

type Authorize = (action: string, resource: string) => void;

/** Systems Manager's parameters. */
export class ParameterStore {
  readonly faults: Faults;
  private readonly parameters = new Map<string, Parameter>();

  constructor(private readonly options: ParameterStoreOptions) {
    this.faults = new Faults(options.clock);
  }

  /** @param version counted from 1; the newest where it is not given */
  get(name: string, version?: number): string | undefined {
    return this.parameters.get(name)?.values.at(version === undefined ? -1 : version - 1);
  }

  set(name: string, value: string, allowedPattern = this.parameters.get(name)?.allowedPattern): void {
    this.parameters.set(name, { values: [...this.parameters.get(name)?.values ?? [], value], allowedPattern });
  }

  delete(name: string): void {
    this.parameters.delete(name);
  }

  /** As a state machine's task does it, which meets delays and errors of the service's own. */
  async put(parameter: PutParameterArguments, authorize: Authorize): Promise<object> {
    const { delaySeconds, ending } = this.faults.next('PutParameter');
    if (delaySeconds > 0) await this.options.clock.sleep(delaySeconds * 1000);
    const fault = errorIn(ending);
    const injected = fault && new ApiError(fault.code, fault.message ?? `Injected ${fault.code}.`);
    if (injected && fault.when !== 'after') throw injected;
    const output = this.write(parameter, authorize);
    if (injected) throw injected;
    return output;
  }

  /** The API, for what code in Lambda calls. */
  server(): Server {
    const { clock, iam } = this.options;
    return jsonServer(({ operation, input, accessKeyId }) => {
      const authorize: Authorize = (action, resource) => iam.authorizeKey(accessKeyId, action, [resource]);
      switch (operation) {
        case 'PutParameter': return this.write(input as unknown as PutParameterArguments, authorize);
        case 'GetParameter': return this.read(String(input.Name), authorize);
        default: throw new ApiError('UnknownOperationException', `The simulator has no ssm:${operation}; see simulator/ssm.ts.`);
      }
    }, { clock, faults: this.faults });
  }

  private write({ Name, Value, Overwrite = false }: PutParameterArguments, authorize: Authorize): object {
    authorize('ssm:PutParameter', this.arnOf(Name));
    const known = this.parameters.get(Name);
    if (known && !Overwrite) throw new ApiError('ParameterAlreadyExists', 'The parameter already exists. To overwrite this value, set the overwrite option in the request to true.');
    if (known?.allowedPattern !== undefined && !new RegExp(known.allowedPattern).test(Value)) {
      throw new ApiError('ParameterPatternMismatchException', `Parameter value, cannot be validated against allowedPattern: ${known.allowedPattern}`);
    }
    this.set(Name, Value);
    return { Tier: 'Standard', Version: this.parameters.get(Name)!.values.length };
  }

  private read(name: string, authorize: Authorize): object {
    authorize('ssm:GetParameter', this.arnOf(name));
    const value = this.get(name);
    if (value === undefined) throw new ApiError('ParameterNotFound', `Parameter ${name} not found.`);
    return {
      Parameter: { Name: name, Value: value, Type: 'String', Version: this.parameters.get(name)!.values.length, ARN: this.arnOf(name) },
    };
  }

  private arnOf(name: string): string {
    const { region, account } = this.options;
    return `arn:aws:ssm:${region}:${account}:parameter/${name.replace(/^\//, '')}`;
  }
}
