import { createSocket } from 'node:dgram';

/** What a test makes the DNS server do, and what it did. */
export interface Dns {
  /** Answers nothing. */
  isSilent: boolean;
  /** Says of each name that it does not exist. */
  isGone: boolean;
  denials: number;
}

/** A DNS server at port 53 of loopback: every name is 127.0.0.1, but it does not answer about those of lost.test. */
export async function startDns(): Promise<Dns> {
  const dns: Dns = { isSilent: false, isGone: false, denials: 0 };
  const socket = createSocket('udp4');
  socket.on('message', (question, { port, address }) => {
    const answer = answerTo(question, dns);
    if (answer) socket.send(answer, port, address);
  });
  await new Promise<void>((resolve) => socket.bind(53, '127.0.0.1', resolve));
  return dns;
}

/** 127.0.0.1 for a question about A, nothing for others; undefined where it does not answer. */
function answerTo(question: Buffer, dns: Dns): Buffer | undefined {
  if (dns.isSilent || question.includes('\u0004lost')) return undefined;
  const end = question.indexOf(0, 12) + 5;
  if (dns.isGone) dns.denials += 1;
  const isAddress = question.readUInt16BE(end - 4) === 1 && !dns.isGone;
  const head = Buffer.from(question.subarray(0, 12));
  // An answer, NXDOMAIN if the name is gone; one question, and as many answers as there are addresses.
  head.writeUInt16BE(dns.isGone ? 0x8183 : 0x8180, 2);
  head.writeUInt16BE(isAddress ? 1 : 0, 6);
  head.writeUInt32BE(0, 8);
  const address = Buffer.from('c00c00010001000000000004' + '7f000001', 'hex');
  return Buffer.concat([head, question.subarray(12, end), ...(isAddress ? [address] : [])]);
}
