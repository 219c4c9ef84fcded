import * as z from 'zod';
import { cdpApp, cdpStack } from './cdp-app.ts';
import { readConfig } from './config.ts';

const app = cdpApp({ validate: process.env.CDK_VALIDATION !== 'false' });
const stage = z.string().default('local').parse(app.node.tryGetContext('stage'));
cdpStack(app, stage, readConfig({ stage }));
app.synth();
