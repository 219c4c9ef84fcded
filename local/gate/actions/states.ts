import * as z from 'zod';
import { readBody } from '#local/services/json-service.ts';
import type { Access, AccessOfService } from './access.ts';

const OnStateMachine = z.object({ stateMachineArn: z.string() });
const OnExecution = z.object({ executionArn: z.string() });

const onStateMachine: Access = (call) => [
  { action: `states:${call.operation}`, resource: readBody(call, OnStateMachine).stateMachineArn },
];

const onExecution: Access = (call) => [
  { action: `states:${call.operation}`, resource: readBody(call, OnExecution).executionArn },
];

export const statesAccess: AccessOfService = {
  StartExecution: onStateMachine,
  ListExecutions: onStateMachine,
  DescribeStateMachine: onStateMachine,
  DescribeExecution: onExecution,
  GetExecutionHistory: onExecution,
  StopExecution: onExecution,
};
