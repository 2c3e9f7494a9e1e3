-- Mean and standard deviation of the degree in each weight layer, over all weights of all samples, and the layer's share.
SELECT ensemble, width_0 AS n, layer, round((sum(share * degree) / sum(share))::numeric, 2) AS mean,
       round(sqrt(greatest(sum(share * degree ^ 2) / sum(share) - (sum(share * degree) / sum(share)) ^ 2, 0))::numeric, 2) AS deviation,
       round(sum(share)::numeric, 4) AS share
FROM degree_distribution WHERE sweep = 'paper-fig3a' GROUP BY 1, 2, 3 ORDER BY 1, 2, 3;
