import { ApiError } from '../../runtime/json-server';
import { Change, Existing, Made, ResourceHandler } from '../services';
import { ResourceFailure } from '../stack';

/** What dynalite knows of a table; point-in-time recovery and expiry change nothing here. */
const DEFINITION = ['AttributeDefinitions', 'KeySchema', 'BillingMode', 'GlobalSecondaryIndexes', 'LocalSecondaryIndexes'];

const table: ResourceHandler = {
  seconds: 20,
  replacedBy: ['TableName', 'KeySchema', 'LocalSecondaryIndexes'],
  async create({ services, properties, generatedName, logicalId }) {
    const { dynamoDb, random } = services;
    const name = String(properties.TableName ?? generatedName);
    const definition = Object.fromEntries(DEFINITION.filter((key) => key in properties).map((key) => [key, properties[key]]));
    const throughput = properties.ProvisionedThroughput ? { ProvisionedThroughput: throughputOf(properties.ProvisionedThroughput as object) } : {};
    await refusedAsFailure(logicalId, () => dynamoDb.createTable({ ...definition, ...throughput, TableName: name }));
    dynamoDb.encrypt(name, keyOf(properties));
    return { physicalId: name, attributes: { Arn: dynamoDb.arnOf(name), TableId: random.uuid() } };
  },
  update({ services, properties }, { physicalId, attributes }): Made {
    services.dynamoDb.encrypt(physicalId, keyOf(properties));
    return { physicalId, attributes: { ...attributes } };
  },
  async delete({ services, logicalId }: Change, { physicalId, properties }: Existing) {
    if (String(properties.DeletionProtectionEnabled) === 'true') {
      throw new ResourceFailure(`Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first. (${logicalId})`);
    }
    await refusedAsFailure(logicalId, () => services.dynamoDb.deleteTable(physicalId));
  },
};

const keyOf = ({ SSESpecification }: Record<string, unknown>) => (SSESpecification as { KMSMasterKeyId?: string } | undefined)?.KMSMasterKeyId;

/** In templates, numbers may be texts. */
function throughputOf(units: object): object {
  return Object.fromEntries(Object.entries(units).map(([key, value]) => [key, Number(value)]));
}

async function refusedAsFailure(logicalId: string, call: () => Promise<void>): Promise<void> {
  try {
    await call();
  } catch (error) {
    if (error instanceof ApiError) throw new ResourceFailure(`Resource handler returned message: "${error.message}" (${logicalId}, HandlerErrorCode: ${error.code})`);
    throw error;
  }
}

export const dynamoDbHandlers: Record<string, ResourceHandler> = {
  'AWS::DynamoDB::Table': table,
  'AWS::DynamoDB::GlobalTable': table,
};
