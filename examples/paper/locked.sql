\set sweep 'paper-locked'
\ir locked-energies.sql
