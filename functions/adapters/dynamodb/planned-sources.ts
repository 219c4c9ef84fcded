import type { TransactWriteCommandInput } from '@aws-sdk/lib-dynamodb';

type Write = NonNullable<TransactWriteCommandInput['TransactItems']>[number];

/**
 * Which sources are held to a tracking plan, in an item of its own that is there as long as the plan is.
 * Who removes the plan and who holds a source to it both write that item, so that one of them is refused.
 */
export function plannedSources(TableName: string, plan: string) {
  const Key = { kind: 'plannedSources', id: plan };
  const change = (action: 'ADD' | 'DELETE', source: string): Write => ({
    Update: {
      TableName,
      Key,
      UpdateExpression: `${action} sourceIds :sources`,
      ConditionExpression: 'attribute_exists(id)',
      ExpressionAttributeValues: { ':sources': new Set([source]) },
    },
  });
  return {
    /** With the plan. */
    open: (): Write => ({
      Update: {
        TableName,
        Key,
        UpdateExpression: 'SET isPlanned = :yes',
        ExpressionAttributeValues: { ':yes': true },
      },
    }),
    /** With its removal: fails while a source is held to it. */
    close: (): Write => ({
      Delete: { TableName, Key, ConditionExpression: 'attribute_not_exists(sourceIds)' },
    }),
    /** With a source that is held to it: fails where there is no such plan. */
    add: (source: string): Write => change('ADD', source),
    /** With a source that is so no longer. */
    remove: (source: string): Write => change('DELETE', source),
  };
}
