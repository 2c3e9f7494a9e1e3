\set sweep 'paper-ensembles-locked'
\ir locked-energies.sql
