import serviceModel from './service-2.json';

export interface Shape {
  readonly type: 'structure' | 'list' | 'map' | 'string' | 'integer' | 'long' | 'float' | 'double' | 'boolean' | 'timestamp';
  readonly members?: Record<string, MemberReference>;
  readonly required?: string[];
  readonly union?: boolean;
  readonly member?: ShapeReference;
  readonly key?: ShapeReference;
  readonly value?: ShapeReference;
  readonly min?: number;
  readonly max?: number;
  readonly pattern?: string;
  readonly enum?: string[];
  readonly error?: { readonly httpStatusCode: number };
  readonly exception?: boolean;
}

export interface ShapeReference {
  readonly shape: string;
}

export interface MemberReference extends ShapeReference {
  readonly location?: 'uri' | 'querystring';
  readonly locationName?: string;
}

export interface Operation {
  readonly name: OperationName;
  readonly http: { readonly method: string; readonly requestUri: string; readonly responseCode: number };
  readonly input: ShapeReference;
  readonly output: ShapeReference;
}

export type OperationName = keyof typeof serviceModel.operations;

export const SIGNING_NAME = serviceModel.metadata.signingName;

export const OPERATIONS = Object.values(serviceModel.operations) as unknown as Operation[];

const SHAPES = serviceModel.shapes as unknown as Record<string, Shape>;

export function shapeNamed(name: string): Shape {
  const shape = SHAPES[name];
  if (!shape) {
    throw new Error(`The service model has no shape "${name}"; see simulator/clean-rooms/service-2.json.`);
  }
  return shape;
}

/** How a client asks for an operation. `located`: where a member of the input goes, if not into the body. */
export function operationNamed(name: OperationName): { method: string; requestUri: string; located: (member: string) => MemberReference['location'] } {
  const { http, input } = serviceModel.operations[name] as unknown as Operation;
  const { members = {} } = shapeNamed(input.shape);
  return { ...http, located: (member) => members[member]?.location };
}

export function isModeledError(name: string): boolean {
  return SHAPES[name]?.exception === true;
}
