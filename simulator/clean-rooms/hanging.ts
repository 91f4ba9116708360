import type { Duplex } from 'node:stream';
import type { Clock } from '../clock';
import type { ServerActivity } from './service';

/** Never answers; virtual time moves on while the client waits. */
export function leaveWaiting(activity: ServerActivity, socket: Duplex): void {
  const settle = announceHang(activity, socket);
  if (socket.destroyed) settle();
  else socket.once('close', settle);
}

/** Lets virtual time pass before the request is served. The service serves it also where the client has gone by then. */
export async function serveLate({ activity, clock }: { activity: ServerActivity; clock: Clock }, socket: Duplex, seconds: number): Promise<void> {
  if (seconds <= 0) return;
  const settle = announceHang(activity, socket);
  socket.once('close', settle);
  activity.leave();
  await clock.sleep(seconds * 1000);
  activity.enter();
  socket.off('close', settle);
  settle();
}

/** Returns how to take it back, once. */
function announceHang(activity: ServerActivity, socket: Duplex): () => void {
  const client = (socket as { remotePort?: number }).remotePort;
  let settled = false;
  activity.onHang?.(client);
  return () => {
    if (!settled) activity.onSettled?.(client);
    settled = true;
  };
}
