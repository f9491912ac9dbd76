/** What a promotion has done so far. */
export interface Count {
  present: number;
  mounted: number;
  copied: number;
  copiedBytes: number;
  carried: number;
}

export const newCount = (): Count => ({ present: 0, mounted: 0, copied: 0, copiedBytes: 0, carried: 0 });
