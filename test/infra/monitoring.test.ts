import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { ofType, synthesize } from './stack-template.ts';

const Alarm = z.object({
  MetricName: z.string().optional(),
  Namespace: z.string().optional(),
  Dimensions: z.array(z.object({ Name: z.string(), Value: z.unknown() })).optional(),
});
const Machine = z.object({ DefinitionString: z.unknown() });

describe('alarms', () => {
  const template = synthesize();
  const alarms = ofType(template, 'AWS::CloudWatch::Alarm').map(([, { Properties }]) =>
    Alarm.parse(Properties),
  );
  /** The resources whose metric of this name is watched. */
  const watched = (namespace: string, metric: string): string =>
    JSON.stringify(
      alarms.filter(({ MetricName, Namespace }) => Namespace === namespace && MetricName === metric),
    );
  const steps = JSON.stringify(
    ofType(template, 'AWS::StepFunctions::StateMachine').map(([, { Properties }]) =>
      Machine.parse(Properties),
    ),
  );

  it('tell of each function that fails, but for those that a state machine calls', () => {
    const errors = watched('AWS/Lambda', 'Errors');

    for (const [id] of ofType(template, 'AWS::Lambda::Function')) {
      expect([id, errors.includes(`"${id}"`)]).toEqual([id, !steps.includes(`"${id}"`)]);
    }
  });

  it('tell of each state machine whose run fails', () => {
    const failed = watched('AWS/States', 'ExecutionsFailed');

    for (const [id] of ofType(template, 'AWS::StepFunctions::StateMachine'))
      expect(failed).toContain(`"${id}"`);
  });
});
