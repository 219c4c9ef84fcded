import { audienceRowsContract } from '#test/contract/audience-rows.ts';
import { memoryAudienceRows } from './memory-audience-rows.ts';

audienceRowsContract('the in-memory keeper', async () => memoryAudienceRows());
