import { openEventBus } from '#local/services/event-bus.ts';

// Run by the kill test: publishes three events, tells that they are accepted, and delivers them never.
const [dir = ''] = process.argv.slice(2);
const bus = openEventBus({
  dir,
  deliver: () => new Promise(() => {}),
  onFailure: async () => {},
  arnOf: (name) => `arn:aws:events:eu-west-1:000000000000:event-bus/${name}`,
});
bus.createRule({ bus: 'default', pattern: { source: ['aws.ses'] }, targets: [{ arn: 'feedback' }] });
bus.resume();
for (const n of [1, 2, 3])
  bus.publish('default', { source: 'aws.ses', detailType: 'Email Sent', detail: { n } });
setTimeout(() => process.stdout.write('accepted\n'), 20);
setInterval(() => {}, 1000);
