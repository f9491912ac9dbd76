/** How often: `once`, `3 times`. */
export const sayTimes = (count: number): string => (count === 1 ? 'once' : `${count} times`);

/** How often without a success in between: `once`, `3 times in a row`. */
export const sayStreak = (count: number): string => (count === 1 ? 'once' : `${count} times in a row`);
