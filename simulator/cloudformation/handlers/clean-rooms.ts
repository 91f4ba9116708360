import { CleanRooms, IntermediateTableProperties, ServiceError } from '../../clean-rooms';
import { Change, Existing, Made, ResourceHandler } from '../services';
import { ResourceFailure } from '../stack';

type Properties = Record<string, unknown>;

interface AnalysisParameter {
  readonly Name: string;
  readonly DefaultValue?: string;
}

const SECONDS = 5;

const collaboration = handler(['CreatorMemberAbilities', 'Members', 'QueryLogStatus'], {
  create: ({ resources }, { Name }) => {
    const { id, arn } = resources.createCollaboration({ name: String(Name) });
    return { physicalId: id, attributes: { Arn: arn, CollaborationIdentifier: id } };
  },
  delete: ({ resources }, id) => resources.deleteCollaboration(id),
});

const membership = handler(['CollaborationIdentifier'], {
  create: ({ resources }, { CollaborationIdentifier }) => {
    const { id, arn, collaboration: joined } = resources.createMembership({ collaborationIdentifier: String(CollaborationIdentifier) });
    return { physicalId: id, attributes: { Arn: arn, MembershipIdentifier: id, CollaborationArn: joined.arn } };
  },
  delete: ({ resources }, id) => resources.deleteMembership(id),
});

const configuredTable = handler(['AllowedColumns', 'AnalysisMethod', 'TableReference'], {
  create: ({ resources }, { Name }) => {
    const { id, arn } = resources.createConfiguredTable({ name: String(Name) });
    return { physicalId: id, attributes: { Arn: arn, ConfiguredTableIdentifier: id } };
  },
  delete: ({ resources }, id) => resources.deleteConfiguredTable(id),
});

const association = handler(['ConfiguredTableIdentifier', 'MembershipIdentifier', 'Name'], {
  create: ({ resources }, { MembershipIdentifier, ConfiguredTableIdentifier, Name }) => {
    const membershipIdentifier = String(MembershipIdentifier);
    const { id, arn } = resources.createConfiguredTableAssociation({
      membershipIdentifier, configuredTableIdentifier: String(ConfiguredTableIdentifier), name: String(Name),
    });
    return { physicalId: id, ref: `${id}|${membershipIdentifier}`, attributes: { Arn: arn, ConfiguredTableAssociationIdentifier: id } };
  },
  delete: ({ resources }, id) => resources.deleteConfiguredTableAssociation(id),
});

const analysisTemplate = handler(['MembershipIdentifier', 'Name', 'Source', 'Format', 'AnalysisParameters'], {
  create: ({ resources }, { MembershipIdentifier, Name, Source, AnalysisParameters = [] }) => {
    const membershipIdentifier = String(MembershipIdentifier);
    const defaults = (AnalysisParameters as AnalysisParameter[]).filter(({ DefaultValue }) => DefaultValue !== undefined);
    const { id, arn } = resources.createAnalysisTemplate({
      membershipIdentifier,
      name: String(Name),
      queryString: (Source as { Text: string }).Text,
      defaultParameters: Object.fromEntries(defaults.map(({ Name: name, DefaultValue }) => [name, DefaultValue!])),
    });
    return { physicalId: id, ref: `${id}|${membershipIdentifier}`, attributes: { Arn: arn, AnalysisTemplateIdentifier: id } };
  },
  delete: ({ resources }, id) => resources.deleteAnalysisTemplate(id),
});

const intermediateTable = handler(['MembershipIdentifier', 'Name', 'PopulationAnalysisConfiguration'], {
  create: ({ resources }, properties) => {
    const table = resources.createIntermediateTable({
      membershipIdentifier: String(properties.MembershipIdentifier),
      name: String(properties.Name),
      populationAnalysisConfiguration: asApi(properties.PopulationAnalysisConfiguration) as IntermediateTableProperties['populationAnalysisConfiguration'],
      ...changeable(properties),
    });
    return {
      physicalId: table.id,
      ref: `${table.id}|${table.membership.id}`,
      attributes: {
        Arn: table.arn,
        IntermediateTableIdentifier: table.id,
        MembershipArn: table.membership.arn,
        CollaborationArn: table.membership.collaboration.arn,
        CollaborationIdentifier: table.membership.collaboration.id,
        // As of its creation: CloudFormation does not look again.
        Status: 'CREATED',
      },
    };
  },
  update: ({ resources }, properties, id) => resources.updateIntermediateTable(id, changeable(properties)),
  delete: ({ resources }, id) => resources.deleteIntermediateTable(id),
});

type Changeable = Pick<IntermediateTableProperties, 'description' | 'kmsKeyArn' | 'analysisRuleTypes'>;

function changeable({ Description, KmsKeyArn, AnalysisRules = [] }: Properties): Changeable {
  return {
    description: Description as string | undefined,
    kmsKeyArn: KmsKeyArn as string | undefined,
    analysisRuleTypes: (AnalysisRules as { Type: string }[]).map(({ Type }) => Type),
  };
}

/** The API spells members as CloudFormation does, but for the first letter. */
function asApi(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(asApi);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key[0].toLowerCase() + key.slice(1), asApi(inner)]));
}

interface Calls {
  create(cleanRooms: CleanRooms, properties: Properties): Made;
  update?(cleanRooms: CleanRooms, properties: Properties, id: string): void;
  delete(cleanRooms: CleanRooms, id: string): void;
}

function handler(replacedBy: string[], calls: Calls): ResourceHandler {
  return {
    seconds: SECONDS,
    replacedBy,
    create: ({ services, properties, logicalId }) => {
      if (services.behaviours.jobTables !== 'accepted') rejectJobs(properties, logicalId);
      return refusedAsFailure(logicalId, () => calls.create(services.cleanRooms, properties));
    },
    update: ({ services, properties, logicalId }, existing) => refusedAsFailure(logicalId, () => {
      calls.update?.(services.cleanRooms, properties, existing.physicalId);
      return asMade(existing);
    }),
    delete: ({ services, logicalId }: Change, { physicalId }) => refusedAsFailure(logicalId, () => calls.delete(services.cleanRooms, physicalId)),
  };
}

/** CloudFormation's schema of November 2026 does not know them yet. */
function rejectJobs({ PopulationAnalysisConfiguration: configuration }: Properties, logicalId: string): void {
  if (typeof configuration !== 'object' || !('JobParameters' in configuration!)) return;
  const message = '#/PopulationAnalysisConfiguration: extraneous key [JobParameters] is not permitted';
  throw new ResourceFailure(`Properties validation failed for resource ${logicalId} with message: [${message}]`);
}

function asMade({ physicalId, ref, attributes }: Existing): Made {
  return { physicalId, ref, attributes: { ...attributes } };
}

function refusedAsFailure<T>(logicalId: string, call: () => T): T {
  try {
    return call();
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    throw new ResourceFailure(
      `Resource handler returned message: "${error.message}" (${logicalId}, HandlerErrorCode: ${handlerErrorCodeOf(error)})`,
    );
  }
}

/** By the error of Clean Rooms: https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-test-contract-errors.html */
const HANDLER_ERROR_CODES: Readonly<Record<string, string>> = {
  AccessDeniedException: 'AccessDenied',
  ConflictException: 'ResourceConflict',
  InternalServerException: 'ServiceInternalError',
  ResourceNotFoundException: 'NotFound',
  ServiceQuotaExceededException: 'ServiceLimitExceeded',
  ThrottlingException: 'Throttling',
  ValidationException: 'InvalidRequest',
};

function handlerErrorCodeOf({ code, members }: ServiceError): string {
  return members.reason === 'ALREADY_EXISTS' ? 'AlreadyExists' : HANDLER_ERROR_CODES[code] ?? 'GeneralServiceException';
}

export const cleanRoomsHandlers: Record<string, ResourceHandler> = {
  'AWS::CleanRooms::Collaboration': collaboration,
  'AWS::CleanRooms::Membership': membership,
  'AWS::CleanRooms::ConfiguredTable': configuredTable,
  'AWS::CleanRooms::ConfiguredTableAssociation': association,
  'AWS::CleanRooms::AnalysisTemplate': analysisTemplate,
  'AWS::CleanRooms::IntermediateTable': intermediateTable,
};
