drop table share_secrets;
drop table shares;
