import type { OperationName } from './model';
import type { FaultRule as FaultRuleOf } from '../faults';

export { type Fault, Faults, type When } from '../faults';
export { type AuthorizationRequest, type Denial, type KeyUseRequest } from './authorization';
export { type Behaviours, BEHAVIOUR_POSITIONS, DEFAULT_BEHAVIOURS, type ParametersVisible } from './behaviours';
export { ServiceError } from './errors';
export { type AcceptedPopulate, Journal, type RequestRecord } from './journal';
export { defaultLimits, documentedRate, type Limits } from './limits';
export { type OperationName } from './model';
export type FaultRule = FaultRuleOf<OperationName>;
export { billedUnits, durationMillis, type Outcome, type Population, type QueryPlan, queryStatus, type QueryStatus } from './population';
export { type IntermediateTableProperties, Resources } from './resources';
export { createCleanRoomsServer, listen, type ListeningServer } from './server';
export { CleanRooms, type CleanRoomsOptions, type ServerActivity } from './service';
export { type AnalysisTemplate, type Association, type Collaboration, type ConfiguredTable, type ImposedStatus, type IntermediateTable, type Membership, type Parameters } from './resource-types';
