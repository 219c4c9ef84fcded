import { describeFault } from './fault.ts';
import { count, logger } from './telemetry.ts';

/** Leaves somebody whose items cannot be read out of a run, visibly, rather than end it for everybody. */
export const leavingOutUnreadable = {
  onUnreadable(fault: unknown): void {
    count('PeopleUnreadable');
    logger.error('a person cannot be read', describeFault(fault));
  },
};
