import { Candidate } from './candidate';
import { IntermediateTablePopulation } from '../../src';

export const ours: Candidate = {
  name: 'this library',
  open: (stack, { schedule, longest }) => (id, intermediateTable) => {
    new IntermediateTablePopulation(stack, id, { intermediateTable, schedule, timeout: longest });
  },
};
