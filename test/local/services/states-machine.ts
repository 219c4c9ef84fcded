/** Plan, one task a chunk in a Distributed Map, finish: the shape of our own machines. */
export const planMapFinish = {
  StartAt: 'Plan',
  States: {
    Plan: {
      Type: 'Task',
      Resource: 'arn:aws:states:::lambda:invoke',
      Parameters: {
        FunctionName: 'arn:aws:lambda:eu-west-1:000000000000:function:plan',
        Payload: { 'exportId.$': '$.exportId', 'runId.$': '$$.Execution.Name' },
      },
      OutputPath: '$.Payload',
      Retry: [{ ErrorEquals: ['Throttled'], IntervalSeconds: 0, MaxAttempts: 2 }],
      Next: 'Write',
    },
    Write: {
      Type: 'Map',
      ItemsPath: '$.chunks',
      MaxConcurrency: 2,
      ItemProcessor: {
        ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'EXPRESS' },
        StartAt: 'WriteChunk',
        States: {
          WriteChunk: {
            Type: 'Task',
            Resource: 'arn:aws:states:::lambda:invoke',
            Parameters: {
              FunctionName: 'arn:aws:lambda:eu-west-1:000000000000:function:write',
              'Payload.$': '$',
            },
            OutputPath: '$.Payload',
            End: true,
          },
        },
      },
      ResultPath: '$.parts',
      Next: 'Finish',
    },
    Finish: {
      Type: 'Task',
      Resource: 'arn:aws:states:::lambda:invoke',
      Parameters: {
        FunctionName: 'arn:aws:lambda:eu-west-1:000000000000:function:finish',
        Payload: { 'runId.$': '$.runId', 'parts.$': '$.parts' },
      },
      OutputPath: '$.Payload',
      End: true,
    },
  },
};

export const machineArn = 'arn:aws:states:eu-west-1:000000000000:stateMachine:Exports';
export const exportsMachine = (definition: unknown = planMapFinish) => ({
  arn: machineArn,
  name: 'Exports',
  caller: { kind: 'role' as const, roleId: 'Role', name: 'Exports' },
  definition,
});
