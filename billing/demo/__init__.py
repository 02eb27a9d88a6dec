"""The demo's world: Nordlicht Netz, its offer, its people and what happens to them. Same seed, same world."""
