// Where the phone is, as it says itself: asked for from the start, so that a photo need not wait for it.
const OLD = 5 * 60_000; // milliseconds after which a position says nothing about now

export class Whereabouts {
  constructor() {
    this.last = null;
    const keep = ({ coords, timestamp }) => (this.last = { coords, timestamp });
    navigator.geolocation?.watchPosition(keep, () => {}, { enableHighAccuracy: true, maximumAge: 30_000 });
  }

  // The last position that is not old, as records hold it; or null.
  get now() {
    return this.last && Date.now() - this.last.timestamp < OLD ? written(this.last) : null;
  }

  // The position now, waited for a little; null where there is none.
  find() {
    return new Promise((resolve) => {
      if (!navigator.geolocation) return resolve(null);
      return navigator.geolocation.getCurrentPosition((found) => resolve(written((this.last = found))), () => resolve(this.now), { enableHighAccuracy: true, timeout: 10_000, maximumAge: 15_000 });
    });
  }
}

function written({ coords, timestamp }) {
  return { latitude: coords.latitude.toFixed(7), longitude: coords.longitude.toFixed(7), accuracy: Math.round(coords.accuracy), at: new Date(timestamp).toISOString() };
}
