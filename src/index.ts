export * from './compute';
export * from './intermediate-table';
export * from './intermediate-table-population';
export * from './populate-on-deploy';
export * from './schedule-options';
