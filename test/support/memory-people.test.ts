import { conflictListContract } from '#test/contract/conflict-list.ts';
import { dueIndexContract } from '#test/contract/due-index.ts';
import { erasureRepositoryContract } from '#test/contract/erasure-repository.ts';
import { mergeRepositoryContract } from '#test/contract/merge-repository.ts';
import { peopleRepositoryContract } from '#test/contract/people-repository.ts';
import { memoryPeople } from './memory-people.ts';

peopleRepositoryContract('the in-memory repository', async () => memoryPeople());
conflictListContract('the list in memory', async () => memoryPeople());
mergeRepositoryContract('the in-memory repository', async () => memoryPeople());
erasureRepositoryContract('the in-memory repository', async () => memoryPeople());
dueIndexContract('the index in memory', async () => memoryPeople());
