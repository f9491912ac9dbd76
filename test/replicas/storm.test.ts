import { expect, it } from 'vitest';
import { describeWithPostgres, startPostgres } from '../bed/postgres.ts';
import { storm } from './storm.ts';

const COMMANDS = 400;
const PEOPLE = 100;
const KILLS = 5;

describeWithPostgres('three replicas on PostgreSQL behind PgBouncer', () => {
  it('lose nothing that was acknowledged and do nothing twice, whatever is killed, restarted and cut', async () => {
    const postgres = await startPostgres();
    try {
      const came = await storm(postgres, { commands: COMMANDS, people: PEOPLE, kills: KILLS });

      expect(came.crowd.given).toHaveLength(COMMANDS);
      expect(came.kills).toBe(KILLS);
      expect(came.acknowledged).toBeGreaterThan(COMMANDS / 5);
      expect(came).toMatchObject({
        unheard: [],
        stillWorking: 0,
        decidedTwice: [],
        changedTwice: [],
        notChanged: [],
        isChainWhole: true,
      });
    } finally {
      await postgres.stop();
    }
  }, 240_000);
});
