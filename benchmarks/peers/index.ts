import { awsCustomResource } from './aws-custom-resource';
import { ours } from './ours';
import { polling } from './polling';
import { provider } from './provider';

export * from './candidate';
export { awsCustomResource, ours, polling, provider };

export const CANDIDATES = [ours, provider, awsCustomResource, polling] as const;
